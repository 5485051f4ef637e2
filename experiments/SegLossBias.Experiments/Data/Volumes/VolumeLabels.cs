namespace SegLossBias.Experiments.Data;

/// <summary>What the numbers of label maps mean.</summary>
/// <param name="Classes">The numbers below this are classes.</param>
/// <param name="Ignored">The number of voxels that count nowhere; null where there is none.</param>
internal sealed record VolumeLabels(int Classes, long? Ignored)
{
    /// <summary>Labels are bytes: this many classes, and <see cref="IgnoredLabel"/>.</summary>
    public const int MostClasses = byte.MaxValue;

    /// <summary>What ignored voxels have in memory, whatever they have in files.</summary>
    public const byte IgnoredLabel = byte.MaxValue;

    /// <summary>More than 1/2 of a step, for values that were rounded to a step and then to float32.</summary>
    private const double HalfAStep = 0.5005;

    /// <param name="values">Of a label map, scaled as its header says.</param>
    /// <param name="header">Its header. Whole numbers that were stored in steps of a slope below 1 are within half a step of what they were.</param>
    /// <exception cref="InvalidVolumeException">A value is neither a class nor the ignored label.</exception>
    public byte[] Of(float[] values, NiftiHeader header)
    {
        var (slope, space) = (Math.Abs(header.Scaling.Slope), header.Space);
        var slack = slope < 1 && header.Type is not (NiftiType.Float32 or NiftiType.Float64) ? HalfAStep * slope : 0;
        var labels = new byte[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            labels[i] = Of(values[i], slack) ?? throw new InvalidVolumeException(FormattableString.Invariant(
                $"label {values[i]} at [{i / (space[1] * space[2])}, {i / space[2] % space[1]}, {i % space[2]}]; whole numbers from 0 to {Classes - 1} are classes{(Ignored is { } ignored ? $", {ignored} is ignored" : "")}"));
        }

        return labels;
    }

    private byte? Of(float value, double slack)
    {
        var whole = Math.Round((double)value);
        return !(Math.Abs(value - whole) <= slack) ? null
            : whole == Ignored ? IgnoredLabel
            : whole >= 0 && whole < Classes ? (byte)whole
            : null;
    }
}
