using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>One-hot labels [N,K,*]: in each pixel one 1 and zeros, or the ignore index in all channels.</summary>
internal static class OneHot
{
    private static readonly Scalar One = 1L.ToScalar();

    /// <summary>
    /// Class indices [N,*]. Goes through the classes one by one and makes nothing larger than a label map of the narrowest
    /// integers that hold one.
    /// </summary>
    /// <param name="oneHot">Integers, bools or floats.</param>
    /// <param name="ignored">What stands in all channels of a pixel to leave out; of a class the pixels are left out too.</param>
    /// <param name="checksLabels">Whether another pixel that is not one-hot is an error, or left out too.</param>
    /// <returns>The indices, and the index of the pixels to leave out: the first ignored class, else K.</returns>
    internal static (Tensor Labels, long? Ignored) ToIndices(Tensor oneHot, IReadOnlyList<long> ignored, bool checksLabels)
    {
        var classes = oneHot.shape[1];
        long[] shape = [oneHot.shape[0], .. oneHot.shape[2..]];
        var narrow = classes <= byte.MaxValue ? ScalarType.Byte : classes <= short.MaxValue ? ScalarType.Int16 : ScalarType.Int32;
        var labels = zeros(shape, narrow, oneHot.device);
        var count = zeros_like(labels);
        var isBits = ones(shape, ScalarType.Bool, oneHot.device);
        var areIgnored = ignored.Select(_ => ones_like(isBits)).ToArray();
        for (var k = 0L; k < classes; k++)
        {
            using var scope = NewDisposeScope();
            using var index = k.ToScalar();
            var entries = oneHot.select(1, k);
            var isOne = LabelCheck.AreEqual(entries, 1);
            labels.masked_fill_(isOne, index);
            count.add_(isOne, One);
            isBits.bitwise_and_(isOne.bitwise_or(LabelCheck.AreEqual(entries, 0)));
            for (var i = 0; i < ignored.Count && checksLabels; i++)
            {
                areIgnored[i].bitwise_and_(LabelCheck.AreEqual(entries, ignored[i]));
            }
        }

        var isOneHot = isBits.bitwise_and_(LabelCheck.AreEqual(count, 1));
        if (checksLabels && LabelCheck.First(areIgnored.Aggregate(isOneHot, (either, isIgnored) => either.bitwise_or(isIgnored)).bitwise_not()) is { } first)
        {
            throw NotOneHot(oneHot, ignored, count, first);
        }

        var ofClasses = ignored.Where(index => index >= 0 && index < classes).ToArray();
        var leftOut = ofClasses.Length == 0 ? classes : ofClasses[0];
        using var marker = leftOut.ToScalar();
        foreach (var other in ofClasses.Skip(1))
        {
            labels.masked_fill_(LabelCheck.AreEqual(labels, other), marker);
        }

        return (labels.masked_fill_(isOneHot.bitwise_not(), marker), leftOut);
    }

    /// <summary>Whether [N,C,*] may be one-hot along its channels: every pixel that is not ignored is, and there is one.</summary>
    internal static bool Seems(Tensor labels, IReadOnlyList<long> ignored)
    {
        using var scope = NewDisposeScope();
        var isOne = LabelCheck.AreEqual(labels, 1);
        var isBits = isOne.bitwise_or(LabelCheck.AreEqual(labels, 0)).all(1);
        var isOneHot = isBits.bitwise_and(isOne.sum(1, type: ScalarType.Int64).eq(One));
        var isIgnored = zeros_like(isOneHot);
        foreach (var index in ignored)
        {
            isIgnored.bitwise_or_(LabelCheck.AreEqual(labels, index).all(1));
        }

        return isOneHot.any().cpu().item<bool>() && isOneHot.bitwise_or(isIgnored).all().cpu().item<bool>();
    }

    /// <summary>Floats that are neither 0 nor 1 are named themselves, else the pixel and how many ones it has.</summary>
    private static ArgumentException NotOneHot(Tensor oneHot, IReadOnlyList<long> ignored, Tensor count, long first)
    {
        if (FloatMask.Is(oneHot))
        {
            FloatMask.ThrowAtWrongValue(oneHot, ignored);
        }

        var (classes, ones) = (oneHot.shape[1], count.flatten().select(0, first).to(ScalarType.Int64).cpu().item<long>());
        return new($"a target with a channel for each class must be one-hot, one 1 and {classes - 1} zeros in each pixel, but of the {classes} entries of pixel {Shapes.Text(Shapes.Position(first, count.shape))} {ones} are 1 and not all others 0; pass class indices [N, *] instead, give ignored pixels the IgnoreIndex in all channels, or set Mode = SegmentationMode.Multilabel for overlapping labels.", "target");
    }
}
