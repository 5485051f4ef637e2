namespace SegLossBias.Experiments.Data;

/// <summary>Decodes the files of a pair and brings them to the network's size.</summary>
/// <param name="layout">What the values of masks mean.</param>
/// <param name="settings">Size and fit.</param>
/// <param name="ignoreIndex">The label of pixels that count nowhere, such as those beside a picture that does not fill its canvas.</param>
internal sealed class PictureReader(IPictureLayout layout, ExperimentSettings settings, long? ignoreIndex)
{
    /// <summary>All pairs that can be read, in order; the others become problems of the listing.</summary>
    /// <param name="pairs">Which.</param>
    /// <param name="listing">Receives the problems.</param>
    /// <param name="enlarged">Whether they are larger, so that parts can be cut from them.</param>
    public List<PictureSample> Read(IReadOnlyList<PicturePair> pairs, PictureListing listing, bool enlarged = false)
    {
        var samples = new PictureSample?[pairs.Count];
        var reasons = new string?[pairs.Count];
        Parallel.For(0, pairs.Count, i => (samples[i], reasons[i]) = Read(pairs[i], enlarged));
        for (var i = 0; i < pairs.Count; i++)
        {
            if (reasons[i] is { } reason)
            {
                listing.AddProblem(pairs[i].Image, reason);
            }
        }

        return [.. samples.OfType<PictureSample>()];
    }

    private (PictureSample? Sample, string? Reason) Read(PicturePair pair, bool enlarged)
    {
        using var picture = PictureFile.Decode(pair.Image);
        if (picture is null)
        {
            return (null, "cannot be decoded");
        }

        var (height, width) = (settings.Size[0], settings.Size[1]);
        var place = enlarged
            ? Placement.Enlarged(settings.Fit, picture.Height, picture.Width, height, width)
            : Placement.Of(settings.Fit, picture.Height, picture.Width, height, width);
        var labels = new byte[place.InnerHeight * place.InnerWidth];
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
            AddLabels(labels, PictureFile.MaskValues(mask, place.InnerHeight, place.InnerWidth), layout.Labels(file, largestHere));
            largest = Math.Max(largest, largestHere);
        }

        if (ignoreIndex is { } ignored && labels.All(label => label == ignored))
        {
            return (null, "its mask has no labelled pixel");
        }

        var area = place.InnerHeight * place.InnerWidth;
        var pixels = PictureFile.Pixels(picture, place.InnerHeight, place.InnerWidth);
        byte[] Plane(int channel) => place.Lay(pixels.AsSpan(channel * area, area), 0);
        byte[] planes = [.. Plane(0), .. Plane(1), .. Plane(2)];
        return (new(pair, place.Height, place.Width, planes, place.Lay(labels, (byte)(ignoreIndex ?? 0)), largest), null);
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
