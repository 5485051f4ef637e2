// libtorch has one random number generator: a test that seeds it and then draws must not share it with another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
