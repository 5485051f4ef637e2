namespace SegLossBias.Experiments.Data;

/// <summary>Decodes the files of a pair and brings them to the network's size.</summary>
internal sealed class PictureReader(IPictureLayout layout, int height, int width)
{
    /// <summary>All pairs that can be read, in order; the others become problems of the listing.</summary>
    public List<PictureSample> Read(IReadOnlyList<PicturePair> pairs, PictureListing listing)
    {
        var samples = new PictureSample?[pairs.Count];
        var reasons = new string?[pairs.Count];
        Parallel.For(0, pairs.Count, i => (samples[i], reasons[i]) = Read(pairs[i]));
        for (var i = 0; i < pairs.Count; i++)
        {
            if (reasons[i] is { } reason)
            {
                listing.AddProblem(pairs[i].Image, reason);
            }
        }

        return [.. samples.OfType<PictureSample>()];
    }

    private (PictureSample? Sample, string? Reason) Read(PicturePair pair)
    {
        using var picture = PictureFile.Decode(pair.Image);
        if (picture is null)
        {
            return (null, "cannot be decoded");
        }

        var labels = new byte[height * width];
        var largest = 0;
        foreach (var file in pair.Masks)
        {
            using var mask = PictureFile.Decode(file);
            if (mask is null)
            {
                return (null, $"its mask {Path.GetFileName(file)} cannot be decoded");
            }

            if ((picture.Width, picture.Height) != (mask.Width, mask.Height))
            {
                return (null, $"{picture.Width}×{picture.Height} pixels, but its mask {Path.GetFileName(file)} has {mask.Width}×{mask.Height}");
            }

            if (layout.Flaw(file, mask) is { } flaw)
            {
                return (null, $"its mask {Path.GetFileName(file)} {flaw}");
            }

            var largestHere = PictureFile.LargestValue(mask);
            AddLabels(labels, PictureFile.MaskValues(mask, height, width), layout.Labels(file, largestHere));
            largest = Math.Max(largest, largestHere);
        }

        return layout.IgnoreIndex is { } ignored && labels.All(label => label == ignored)
            ? (null, "its mask has no labelled pixel")
            : (new PictureSample(pair, PictureFile.Pixels(picture, height, width), labels, largest), null);
    }

    /// <summary>Where masks overlap, the larger label stays.</summary>
    private static void AddLabels(byte[] labels, byte[] values, byte[] table)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = Math.Max(labels[i], table[values[i]]);
        }
    }
}
