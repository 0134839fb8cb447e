"""The SDK that a training script imports; `runtide` re-exports what is public."""
