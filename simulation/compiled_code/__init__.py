"""Where compiled code lies, how much is there, how it is joined; only `joining` and `dispatchers` load the compiler."""

WITHOUT_COMPILER = "NUMBA_DISABLE_JIT"
"""The variable of the environment by which the compiler, when it is imported, is told to compile nothing."""
