"""The mesh toolkit: primitives, sweeps and sheets, and the parameters and finishes that objects are drawn with."""
