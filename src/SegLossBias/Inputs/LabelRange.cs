using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Which labels a tensor may hold, and how an error speaks of one that it may not.</summary>
/// <param name="Name">"target" or "prediction".</param>
/// <param name="Mode">How labels are read.</param>
/// <param name="Classes">K.</param>
/// <param name="IgnoreIndex">The label of pixels to leave out.</param>
/// <param name="ChecksLabels">Whether another label is an error; else its pixel is ignored.</param>
/// <param name="Shape">In which the caller knows the labels.</param>
/// <param name="Floats">What an error names in place of a label, where a mask of floats was given; else null.</param>
internal readonly record struct LabelRange(string Name, SegmentationMode Mode, long Classes, long? IgnoreIndex, bool ChecksLabels, long[] Shape, Tensor? Floats = null)
{
    /// <summary>The largest label.</summary>
    internal long Last => Mode == SegmentationMode.Multiclass ? Classes - 1 : 1;

    internal string Message(long label, string position)
    {
        var rule = Mode == SegmentationMode.Multiclass ? $"labels of the {Name} are in 0..{Last} ({Classes} classes)" : $"{Mode} labels of the {Name} are 0 or 1";
        var ignore = Name == "target" ? $"set IgnoreIndex = {label} if it marks pixels to leave out, or " : "";
        var map = Mode == SegmentationMode.Multiclass ? $"map the labels to 0..{Last}" : $"map the foreground to 1 (for example {Name}.ne(0))";
        return $"{rule} but label {label} occurs at {position}; {ignore}{map}.";
    }
}
