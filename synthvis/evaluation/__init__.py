"""What a run scored, on what: its evaluations on disk, and the gap between renders and photographs."""
