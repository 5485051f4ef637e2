using System.Text.RegularExpressions;
using SkiaSharp;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>Reads a folder of pictures and masks, paired by file name, and splits it where it is not split already.</summary>
internal static class ImageFolder
{
    /// <summary>Share of the pictures that a seeded split gives to validation.</summary>
    public const double ValidationShare = 0.2;

    private static readonly string[] ValidationFolders = ["val", "valid", "validation"];

    private sealed record Sample(string Name, byte[] Pixels, byte[] Mask);

    /// <param name="folder">Holds images/ and masks/, or train/ and optionally val/ and test/ that do.</param>
    /// <param name="settings">Size, seed and grouping.</param>
    /// <param name="leftOut">Receives one line per file that could not be used.</param>
    public static DataSplits Load(string folder, RunSettings settings, ICollection<string> leftOut)
    {
        if (!Directory.Exists(Path.Combine(folder, "train")))
        {
            var (train, validation) = Split(Read(folder, settings.Size, leftOut), settings);
            return Splits(train, validation, null, Describe("all pictures", settings));
        }

        var training = Read(Path.Combine(folder, "train"), settings.Size, leftOut);
        var given = ValidationFolders.Select(name => Path.Combine(folder, name)).FirstOrDefault(Directory.Exists);
        var tests = Path.Combine(folder, "test");
        var test = Directory.Exists(tests) ? Read(tests, settings.Size, leftOut) : null;
        if (given is not null)
        {
            return Splits(training, Read(given, settings.Size, leftOut), test, $"train/ and {Path.GetFileName(given)}/ as given");
        }

        var (rest, heldOut) = Split(training, settings);
        return Splits(rest, heldOut, test, Describe("train/", settings));
    }

    private static List<Sample> Read(string folder, int size, ICollection<string> leftOut)
    {
        var images = Files(Path.Combine(folder, "images"));
        var masks = Files(Path.Combine(folder, "masks")).ToLookup(Stem);
        var problems = new List<string>();
        var samples = new Sample?[images.Count];
        var reasons = new string?[images.Count];
        Parallel.For(0, images.Count, i => (samples[i], reasons[i]) = ReadPair(images[i], masks, size));
        for (var i = 0; i < images.Count; i++)
        {
            if (reasons[i] is { } reason)
            {
                problems.Add($"{images[i]}: {reason}");
            }
        }

        var used = images.SelectMany(image => MaskStems(Stem(image))).ToHashSet();
        problems.AddRange(masks.Where(m => !used.Contains(m.Key)).SelectMany(m => m).Select(m => $"{m}: no image of that name"));
        foreach (var problem in problems)
        {
            leftOut.Add(problem);
        }

        var usable = samples.OfType<Sample>().ToList();
        return usable.Count > 0 ? usable : throw new UserError(
            $"{folder}: no picture with a mask is left ({images.Count} in images/, {masks.Sum(m => m.Count())} in masks/)"
            + (problems.Count > 0 ? $"; first of {problems.Count}: {problems[0]}" : ""));
    }

    private static (Sample? Sample, string? Reason) ReadPair(string image, ILookup<string, string> masks, int size)
    {
        var candidates = MaskStems(Stem(image)).SelectMany(stem => masks[stem]).ToList();
        if (candidates.Count != 1)
        {
            return (null, candidates.Count == 0 ? "no mask of that name" : $"{candidates.Count} masks of that name");
        }

        using var picture = PictureFile.Decode(image);
        if (picture is null)
        {
            return (null, "cannot be decoded");
        }

        using var mask = PictureFile.Decode(candidates[0]);
        if (mask is null)
        {
            return (null, $"its mask {Path.GetFileName(candidates[0])} cannot be decoded");
        }

        return (picture.Width, picture.Height) == (mask.Width, mask.Height)
            ? (new Sample(Stem(image), PictureFile.Pixels(picture, size, size), Mask(mask, size)), null)
            : (null, $"{picture.Width}×{picture.Height} pixels, but its mask has {mask.Width}×{mask.Height}");
    }

    private static byte[] Mask(SKBitmap mask, int size)
    {
        var level = PictureFile.LargestValue(mask) < LabelTable.NumberLimit ? 1 : LabelTable.ForegroundLevel;
        return Array.ConvertAll(PictureFile.MaskValues(mask, size, size), value => value >= level ? (byte)1 : (byte)0);
    }

    private static List<string> Files(string folder) => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder)
            .Where(PictureFile.IsPicture)
            .Order(StringComparer.Ordinal)]
        : throw new UserError($"--data: there is no folder {folder} (wanted: images/ and masks/, or train/ with both)");

    private static string Stem(string file) => Path.GetFileNameWithoutExtension(file);

    private static string[] MaskStems(string image) => [image, image + "_mask"];

    /// <summary>A seeded split; pictures of one group, for example of one patient, stay together.</summary>
    private static (List<Sample> Train, List<Sample> Validation) Split(List<Sample> samples, RunSettings settings)
    {
        var groups = samples.GroupBy(sample => GroupOf(sample.Name, settings.Group)).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
        new Random(settings.DataSeed).Shuffle(groups);
        var (train, validation) = (new List<Sample>(), new List<Sample>());
        foreach (var group in groups)
        {
            (validation.Count < ValidationShare * samples.Count ? validation : train).AddRange(group);
        }

        return (train, validation);
    }

    private static string GroupOf(string name, Regex? group) =>
        group?.Match(name) is { Success: true } match ? match.Groups[match.Groups.Count > 1 ? 1 : 0].Value : name;

    private static string Describe(string what, RunSettings settings) =>
        $"a seeded {100 * ValidationShare:0} % of {what} held out for validation"
        + (settings.Group is null ? "" : ", groups kept together") + $" (seed {settings.DataSeed})";

    private static DataSplits Splits(List<Sample> train, List<Sample> validation, List<Sample>? test, string origin)
    {
        if (train.Count < 2 || validation.Count < 1)
        {
            throw new UserError($"{train.Count} pictures to train on and {validation.Count} to validate on are too few");
        }

        var all = train.Concat(validation).Concat(test ?? []).ToList();
        if (!all.Any(sample => sample.Mask.Contains((byte)1)))
        {
            throw new UserError("--data: no mask has any foreground (--help says what counts as foreground)");
        }

        var channels = all.All(IsGrey) ? 1 : 3;
        return new DataSplits(Pack(train, channels), Pack(validation, channels), test is null ? null : Pack(test, channels), origin);
    }

    private static bool IsGrey(Sample sample)
    {
        var plane = sample.Pixels.Length / 3;
        var red = sample.Pixels.AsSpan(0, plane);
        return red.SequenceEqual(sample.Pixels.AsSpan(plane, plane)) && red.SequenceEqual(sample.Pixels.AsSpan(2 * plane));
    }

    private static PictureSet Pack(List<Sample> samples, int channels)
    {
        var area = samples[0].Mask.Length;
        var size = (int)Math.Sqrt(area);
        var pixels = new byte[samples.Count * channels * area];
        var masks = new byte[samples.Count * area];
        for (var i = 0; i < samples.Count; i++)
        {
            samples[i].Pixels.AsSpan(0, channels * area).CopyTo(pixels.AsSpan(i * channels * area));
            samples[i].Mask.CopyTo(masks, i * area);
        }

        return new PictureSet(
            [.. samples.Select(sample => sample.Name)],
            tensor(pixels, [samples.Count, channels, size, size]), tensor(masks, [samples.Count, size, size]));
    }
}
