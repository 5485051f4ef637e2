using static System.FormattableString;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Makes cases of the pictures that could be read: says their classes and puts each on its side of the split.</summary>
internal sealed class PictureCases(IPictureLayout layout, PictureListing listing, ExperimentSettings settings)
{
    /// <param name="samples">All that could be read.</param>
    /// <param name="groupOf">What belongs together, by name: a seeded split does not part it, and tests take it as one.</param>
    public CaseSplits Split(List<PictureSample> samples, Func<string, string> groupOf)
    {
        var classes = layout.Classes ?? ClassNames(samples);
        RequireUsable(samples, MeasuredClasses.First(classes));
        var train = samples.Where(sample => sample.Pair.Split == PictureSplit.Train).ToList();
        var validation = samples.Where(sample => sample.Pair.Split == PictureSplit.Validation).ToList();
        var test = samples.Where(sample => sample.Pair.Split == PictureSplit.Test).ToList();
        var origin = $"{new DirectoryInfo(settings.Data!).Name} ({settings.Layout}), ";
        if (listing.Splits.Contains(PictureSplit.Validation))
        {
            origin += $"{string.Join(", ", listing.Splits)} as given".ToLowerInvariant();
        }
        else
        {
            var grouped = train.Any(sample => groupOf(sample.Pair.Name) != sample.Pair.Name);
            origin += SeededSplit.Describe("the training pictures", grouped, settings.DataSeed);
            (train, validation) = SeededSplit.Split(train, sample => sample.Pair.Name, groupOf, settings.DataSeed);
        }

        if (train.Count < 2 || validation.Count < 1)
        {
            throw new UserError($"--data: {train.Count} pictures to train on and {validation.Count} to validate on are too few; needed are 2 and 1, in groups that can be parted");
        }

        var channels = samples.All(sample => sample.IsGrey) && settings.Encoder == EncoderKind.None ? 1 : 3;
        List<Case> Cases(List<PictureSample> part) => [.. part.Select(sample => ToCase(sample, channels, CaseGroup.Of(sample.Pair.Name, groupOf)))];
        return new(Cases(train), Cases(validation), Cases(test), classes, layout.IgnoreIndex, origin);
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
        PictureSplit[] wanted = [PictureSplit.Train, .. listing.Splits];
        foreach (var split in wanted.Where(split => !samples.Any(sample => sample.Pair.Split == split)))
        {
            throw new UserError($"--data: {settings.Data}: no picture with a usable mask is left{(split == PictureSplit.Train ? "" : $" for {split}")}{first}");
        }

        if (!samples.Any(sample => sample.Labels.Any(label => label >= firstMeasured && label != layout.IgnoreIndex)))
        {
            throw new UserError($"--data: {settings.Data}: no mask has any foreground{first}");
        }
    }

    private Case ToCase(PictureSample sample, int channels, string? group)
    {
        var (height, width) = (settings.Size[0], settings.Size[1]);
        var pixels = tensor(sample.Pixels[..(channels * sample.Labels.Length)], [channels, height, width]);
        return new(sample.Pair.Name, pixels, tensor(sample.Labels, [height, width]), [1, 1], group: group);
    }
}
