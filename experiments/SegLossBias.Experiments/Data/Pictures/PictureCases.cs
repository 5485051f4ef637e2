using static System.FormattableString;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Makes cases of the pictures that could be read: says their classes and puts each on its side of the split.</summary>
/// <param name="layout">How the files are laid out.</param>
/// <param name="named">The classes; null where the masks say how many there are.</param>
/// <param name="listing">What the data set has.</param>
/// <param name="settings">Split, size and augmentation.</param>
/// <param name="reader">Reads training pictures again where parts of larger ones are wanted.</param>
internal sealed class PictureCases(IPictureLayout layout, IReadOnlyList<string>? named, PictureListing listing, ExperimentSettings settings, PictureReader reader)
{
    /// <param name="samples">All that could be read.</param>
    /// <param name="groupOf">What belongs together, by name: a seeded split does not part it, and tests take it as one.</param>
    public CaseSplits Split(List<PictureSample> samples, Func<string, string> groupOf)
    {
        RequireOnePalette(samples);
        var classes = named ?? Numbered(samples);
        RequireUsable(samples, MeasuredClasses.First(classes));
        var (train, validation, test, how) = Divide(samples, groupOf);
        var origin = $"{new DirectoryInfo(settings.Data!).Name} ({settings.Layout}), {how}";
        if (train.Count < 2 || validation.Count < 1)
        {
            throw new UserError($"--data: {train.Count} pictures to train on and {validation.Count} to validate on are too few; needed are 2 and 1, in groups that can be parted");
        }

        var channels = samples.All(sample => sample.Planes.IsGrey) && settings.Encoder == EncoderKind.None ? 1 : 3;
        if (settings.Augmentation == AugmentationKind.Crop)
        {
            train = reader.Read([.. train.Select(sample => sample.Pair)], listing, enlarged: true);
        }

        var isDeep = samples.Any(sample => sample.Planes.Deep is not null);
        List<Case> Cases(List<PictureSample> part) => [.. part.Select(sample => ToCase(sample, channels, isDeep, CaseGroup.Of(sample.Pair.Name, groupOf)))];
        var ignores = layout.IgnoreIndex is not null || settings.Fit == FitKind.Pad || samples.Any(sample => sample.Labels.Contains(LabelTable.Ignored));
        return new(Cases(train), Cases(validation), Cases(test), classes, ignores ? LabelTable.Ignored : null, origin);
    }

    private (List<PictureSample> Train, List<PictureSample> Validation, List<PictureSample> Test, string How) Divide(List<PictureSample> samples, Func<string, string> groupOf)
    {
        List<PictureSample> Given(DataSplit split) => [.. samples.Where(sample => sample.Pair.Split == split)];
        string How(string what, SplitShares shares, List<PictureSample> part) =>
            SeededSplit.Describe(what, shares, part.Any(sample => groupOf(sample.Pair.Name) != sample.Pair.Name), settings.DataSeed);
        if (settings.Split is { } text && SplitShares.Parse(text) is { } shares)
        {
            if (samples.GroupBy(sample => sample.Pair.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            {
                throw new UserError($"--split {text}: two pictures are named {twice.Key}, so they cannot be divided anew; leave --split out");
            }

            var (train, validation, test) = SeededSplit.Split(samples, sample => sample.Pair.Name, groupOf, shares, settings.DataSeed);
            return (train, validation, test, How("all pictures", shares, samples));
        }

        var (given, held) = (Given(DataSplit.Train), Given(DataSplit.Validation));
        if (listing.Splits.Contains(DataSplit.Validation))
        {
            var named = settings.Split is { } lists ? $"in split_{lists}_*.txt" : "as given";
            return (given, held, Given(DataSplit.Test), $"{string.Join(", ", listing.Splits)} {named}".ToLowerInvariant());
        }

        var (rest, drawn, _) = SeededSplit.Split(given, sample => sample.Pair.Name, groupOf, SplitShares.Default, settings.DataSeed);
        return (rest, drawn, Given(DataSplit.Test), How("the training pictures", SplitShares.Default, given));
    }

    /// <summary>As many classes as the largest class number asks for.</summary>
    /// <exception cref="UserError">Some masks hold class numbers, others 0 and 255: what that means beside them is not known. Or palettes contradict each other.</exception>
    private string[] Numbered(IReadOnlyList<PictureSample> samples)
    {
        var white = samples.Where(sample => sample.Masks is { IsBlackAndWhite: true, LargestClass: > 0 }).Select(sample => sample.Pair.Masks[0]).ToArray();
        var numbered = samples.Where(sample => !sample.Masks.IsBlackAndWhite && (sample.Masks.LargestClass > 0 || sample.Masks.Colours is not null)).ToArray();
        if (white.Length > 0 && numbered.Length > 0)
        {
            throw ClassNames.Mixed(settings.Data!, [.. numbered.Select(sample => sample.Pair.Masks[0])], white);
        }

        return ClassNames.Numbered(Math.Max(1, samples.Select(sample => sample.Masks.LargestClass).DefaultIfEmpty().Max()));
    }

    /// <summary>Programs that reduce a coloured mask to a palette number its colours as they come.</summary>
    private static void RequireOnePalette(IEnumerable<PictureSample> samples)
    {
        var known = new Dictionary<byte, (int Colour, string File)>();
        foreach (var sample in samples.Where(sample => sample.Masks.Colours is not null))
        {
            foreach (var (number, colour) in sample.Masks.Colours!)
            {
                var file = Path.GetFileName(sample.Pair.Masks[0]);
                if (known.TryAdd(number, (colour, file)) || known[number].Colour == colour)
                {
                    continue;
                }

                throw new UserError(Invariant($"--data: the number {number} of the palette is the colour #{known[number].Colour:x6} in {known[number].File}, but #{colour:x6} in {file}; all masks must have one palette, whose numbers are the classes"));
            }
        }
    }

    private void RequireUsable(List<PictureSample> samples, int firstMeasured)
    {
        var problems = listing.Problems.ToList();
        var first = problems.Count == 0 ? "" : $"; first of {problems.Count} problems: {problems[0]}";
        DataSplit[] wanted = [DataSplit.Train, .. listing.Splits];
        foreach (var split in wanted.Where(split => !samples.Any(sample => sample.Pair.Split == split)))
        {
            throw new UserError($"--data: {settings.Data}: no picture with a usable mask is left{(split == DataSplit.Train ? "" : $" for {split}")}{first}");
        }

        if (!samples.Any(sample => sample.Labels.Any(label => label >= firstMeasured && label != LabelTable.Ignored)))
        {
            throw new UserError($"--data: {settings.Data}: no mask has any foreground{(named is not null && layout.Classes is null ? ClassNames.Hint : "")}{first}");
        }
    }

    private static Case ToCase(PictureSample sample, int channels, bool isDeep, string? group)
    {
        var (height, width) = (sample.Planes.Height, sample.Planes.Width);
        return new(sample.Pair.Name, sample.Planes.ToTensor(channels, isDeep), tensor(sample.Labels, [height, width], device: CPU), [1, 1], group: group);
    }
}
