"""Training and prediction with torch."""

from __future__ import annotations

import os

# Threads that wait by spinning steal the very cores that others need: beside one busy process on two cores, a training
# step took three times as long as with threads that sleep. OpenMP reads this when torch loads it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")
