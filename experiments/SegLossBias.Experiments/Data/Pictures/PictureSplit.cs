namespace SegLossBias.Experiments.Data;

/// <summary>Which side of an experiment a picture is on, as its data set has it.</summary>
internal enum PictureSplit
{
    Train,
    Validation,
    Test,
}
