namespace SegLossBias.Tests.Inputs;

/// <summary>Targets of floats that say the same as one of integers.</summary>
internal static class FloatMasks
{
    internal static readonly ScalarType[] Types = [ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64];

    /// <summary>A float mask of these labels, one-hot in multiclass mode, with another number where they are ignored.</summary>
    internal static Tensor Of(Tensor labels, SegmentationMode mode, long classes, ScalarType dtype, double marker = Scene.Ignore)
    {
        var ignored = labels.eq(Scene.Ignore);
        var known = labels.masked_fill(ignored, 0);
        if (mode != SegmentationMode.Multiclass)
        {
            return known.to(dtype).masked_fill(ignored, marker);
        }

        var last = labels.dim();
        long[] channelsFirst = [0, last, .. Enumerable.Range(1, (int)last - 1).Select(axis => (long)axis)];
        return nn.functional.one_hot(known, classes).permute(channelsFirst).to(dtype).contiguous().masked_fill(ignored.unsqueeze(1), marker);
    }

    /// <summary>The same numbers in other places of memory.</summary>
    internal static IEnumerable<(string Layout, Tensor Mask)> Layouts(Tensor mask)
    {
        var last = mask.dim() - 1;
        yield return ("contiguous", mask.contiguous());
        yield return ("transposed", mask.transpose(last - 1, last).contiguous().transpose(last - 1, last));
        yield return ("channels_last", mask.transpose(1, last).contiguous().transpose(1, last));
        yield return ("every second entry", stack([mask, full_like(mask, double.NaN)], -1).flatten(last).slice(last, 0, 2 * mask.shape[last], 2));
        yield return ("from the second image on", cat([full_like(mask, double.NaN), mask], 0).slice(0, mask.shape[0], 2 * mask.shape[0], 1));
    }
}
