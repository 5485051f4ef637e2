namespace SegLossBias.Experiments.Data;

/// <summary>Decodes the files of a pair and brings them to the network's size.</summary>
/// <param name="layout">What the values of masks mean.</param>
/// <param name="settings">Size and fit.</param>
/// <param name="classes">How many classes are named; null where none are.</param>
/// <remarks>Beside a picture that does not fill its canvas the labels are <see cref="LabelTable.Ignored"/>.</remarks>
internal sealed class PictureReader(IPictureLayout layout, ExperimentSettings settings, int? classes)
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
        try
        {
            var picture = PictureFile.Decode(pair.Image);
            var (height, width) = (settings.Size[0], settings.Size[1]);
            var place = enlarged
                ? Placement.Enlarged(settings.Fit, picture.Height, picture.Width, height, width)
                : Placement.Of(settings.Fit, picture.Height, picture.Width, height, width);
            var (labels, content) = Labels(pair, picture, place);
            InvalidPictureException.Unless(!labels.All(label => label == LabelTable.Ignored), "its mask has no labelled pixel");
            var planes = PicturePlanes.Of(picture, place.InnerHeight, place.InnerWidth).On(place);
            return (new(pair, planes, place.Lay<byte>(labels, LabelTable.Ignored), content), null);
        }
        catch (InvalidPictureException invalid)
        {
            return (null, invalid.Message);
        }
    }

    private (byte[] Labels, MaskContent Content) Labels(PicturePair pair, Raster picture, Placement place)
    {
        var labels = new byte[place.InnerHeight * place.InnerWidth];
        var content = new MaskContent(false, 0, null);
        foreach (var file in pair.Masks)
        {
            var name = Path.GetFileName(file);
            var mask = Mask(file, name);
            InvalidPictureException.Unless(
                (picture.Width, picture.Height) == (mask.Width, mask.Height), $"{picture.Width}×{picture.Height} pixels, but its mask {name} has {mask.Width}×{mask.Height}");
            var flaw = layout.Flaw(mask, classes);
            InvalidPictureException.Unless(flaw is null, $"its mask {name} {flaw}");
            var table = layout.Labels(mask, classes);
            AddLabels(labels, mask.Resized(place.InnerHeight, place.InnerWidth), table);
            var largest = mask.Different.Select(value => table[value]).Where(label => label != LabelTable.Ignored).DefaultIfEmpty().Max();
            content = new(content.IsBlackAndWhite || mask.IsBlackAndWhite, Math.Max(content.LargestClass, largest), mask.Colours);
        }

        return (labels, content);
    }

    private MaskValues Mask(string file, string name)
    {
        try
        {
            return MaskValues.Of(PictureFile.Decode(file), layout.MasksAreNumbers);
        }
        catch (InvalidPictureException invalid)
        {
            throw new InvalidPictureException($"its mask {name} {invalid.Message}");
        }
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
