"""An installed package that brings a task, a metric and a data format of its own."""
