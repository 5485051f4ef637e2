namespace SegLossBias.Tests.Support;

/// <summary>Tests that change or measure what the process has one of: its threads, its memory. Nothing runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
