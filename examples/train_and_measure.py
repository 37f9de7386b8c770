"""Train a detector on a dataset, measure it on the val split, and write the report."""

import argparse

import synthvis as sv

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--input-size", type=int, default=320)
    parser.add_argument("--eval-on", action="append", default=[])
    asked = parser.parse_args()
    run = sv.train(
        asked.data, steps=asked.steps, input_size=asked.input_size, eval_on=asked.eval_on, out="runs/example",
        on_step=lambda step: print(f"step {step.step}: loss {step.loss:.3f}"),
    )  # fmt: skip
    print(run.task, run)
    print(sv.report(run))
