using static System.FormattableString;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Makes cases of the pictures that could be read: says their classes and puts each on its side of the split.</summary>
/// <param name="layout">How the files are laid out.</param>
/// <param name="listing">What the data set has.</param>
/// <param name="settings">Split, size and augmentation.</param>
/// <param name="ignoreIndex">The label of pixels that count nowhere.</param>
/// <param name="reader">Reads training pictures again where parts of larger ones are wanted.</param>
internal sealed class PictureCases(IPictureLayout layout, PictureListing listing, ExperimentSettings settings, long? ignoreIndex, PictureReader reader)
{
    /// <param name="samples">All that could be read.</param>
    /// <param name="groupOf">What belongs together, by name: a seeded split does not part it, and tests take it as one.</param>
    public CaseSplits Split(List<PictureSample> samples, Func<string, string> groupOf)
    {
        var classes = layout.Classes ?? ClassNames(samples);
        RequireUsable(samples, MeasuredClasses.First(classes));
        var (train, validation, test, how) = Divide(samples, groupOf);
        var origin = $"{new DirectoryInfo(settings.Data!).Name} ({settings.Layout}), {how}";
        if (train.Count < 2 || validation.Count < 1)
        {
            throw new UserError($"--data: {train.Count} pictures to train on and {validation.Count} to validate on are too few; needed are 2 and 1, in groups that can be parted");
        }

        var channels = samples.All(sample => sample.IsGrey) && settings.Encoder == EncoderKind.None ? 1 : 3;
        if (settings.Augmentation == AugmentationKind.Crop)
        {
            train = reader.Read([.. train.Select(sample => sample.Pair)], listing, enlarged: true);
        }

        List<Case> Cases(List<PictureSample> part) => [.. part.Select(sample => ToCase(sample, channels, CaseGroup.Of(sample.Pair.Name, groupOf)))];
        return new(Cases(train), Cases(validation), Cases(test), classes, ignoreIndex, origin);
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
    /// <exception cref="UserError">Some masks hold class numbers, others 255: what that means beside them is not known.</exception>
    private string[] ClassNames(IReadOnlyList<PictureSample> samples)
    {
        var marked = samples.Select(sample => (File: sample.Pair.Masks[0], Largest: sample.LargestMaskValue))
            .Select(mask => (mask.File, mask.Largest, Label: layout.Labels(mask.File, mask.Largest)[mask.Largest]))
            .Where(mask => mask.Label > 0).ToList();
        var kinds = marked.ToLookup(mask => LabelTable.HoldsNumbers(mask.File, mask.Largest), mask => Path.GetRelativePath(settings.Data!, mask.File));
        if (kinds.Count > 1)
        {
            throw new UserError(Invariant($"--data: {settings.Data}: {kinds[true].Count()} masks hold class numbers, such as {kinds[true].First()}, and {kinds[false].Count()} hold 0 and 255, such as {kinds[false].First()}; all must be of one kind"));
        }

        var count = 1 + marked.Select(mask => (int)mask.Label).DefaultIfEmpty().Max();
        return count <= 2 ? [MeasuredClasses.Background, "foreground"] : [MeasuredClasses.Background, .. Enumerable.Range(1, count - 1).Select(number => Invariant($"class {number}"))];
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

        if (!samples.Any(sample => sample.Labels.Any(label => label >= firstMeasured && label != ignoreIndex)))
        {
            throw new UserError($"--data: {settings.Data}: no mask has any foreground{first}");
        }
    }

    private static Case ToCase(PictureSample sample, int channels, string? group)
    {
        var pixels = tensor(sample.Pixels[..(channels * sample.Labels.Length)], [channels, sample.Height, sample.Width]);
        return new(sample.Pair.Name, pixels, tensor(sample.Labels, [sample.Height, sample.Width]), [1, 1], group: group);
    }
}
