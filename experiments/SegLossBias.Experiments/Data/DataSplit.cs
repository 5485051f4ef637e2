namespace SegLossBias.Experiments.Data;

/// <summary>Which side of an experiment a case is on.</summary>
internal enum DataSplit
{
    Train,
    Validation,
    Test,
}
