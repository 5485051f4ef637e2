using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>
/// The validation cases that pictures of the results show: up to 6, at evenly spread ranks of foreground size, so that small
/// and large regions both appear. Volumes are shown by the axial slice with most true foreground. Where no class is background,
/// the largest one of the validation cases takes its place here.
/// </summary>
/// <remarks>
/// <c>EXPERIMENT/shown/shown.json</c>, and for case NN from 00: <c>EXPERIMENT/shown/NN-image.png</c> (RGB or grey),
/// <c>EXPERIMENT/shown/NN-truth.png</c> and <c>RUN/masks/NN.png</c> (8-bit grey, the value is the class; the ignore index stays).
/// </remarks>
internal sealed class ShownCases(CaseSplits data)
{
    public const string Folder = "shown";
    public const string MaskFolder = "masks";
    public const string ListFile = "shown.json";

    private const int Most = 6;

    private readonly (Case Item, long? Slice)[] _shown = Choose(data, data.FirstMeasured > 0 ? 0 : LargestClass(data));

    public static string ImageFile(int index) => FormattableString.Invariant($"{index:00}-image.png");

    public static string TruthFile(int index) => FormattableString.Invariant($"{index:00}-truth.png");

    public static string MaskFile(int index) => FormattableString.Invariant($"{index:00}.png");

    /// <summary>Writes images, truth and list, unless the list, which comes last, is there.</summary>
    public void Write(string experimentFolder)
    {
        var folder = Path.Combine(experimentFolder, Folder);
        var list = Path.Combine(folder, ListFile);
        if (File.Exists(list))
        {
            return;
        }

        foreach (var (index, (item, slice)) in _shown.Index())
        {
            using var scope = NewDisposeScope();
            PngFile.Write(Path.Combine(folder, ImageFile(index)), Displayed(Slice(item.Image, slice), isPicture: slice is null));
            PngFile.Write(Path.Combine(folder, TruthFile(index)), Slice(item.Labels.unsqueeze(0), slice));
        }

        ResultFolder.WriteWhole(list, _shown.Select(shown => new ShownCase(shown.Item.Name, (int?)shown.Slice)));
    }

    /// <summary>Writes the predicted mask of a case that is shown; does nothing for others.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <param name="item">The case.</param>
    /// <param name="logits">[K, *], or [1, *] of the foreground.</param>
    public void WriteMask(string runFolder, Case item, Tensor logits)
    {
        var index = Array.FindIndex(_shown, shown => shown.Item == item);
        if (index >= 0)
        {
            using var scope = NewDisposeScope();
            var classes = Prediction.Classes(Slice(logits, _shown[index].Slice)).unsqueeze(0).to(ScalarType.Byte);
            PngFile.Write(Path.Combine(runFolder, MaskFolder, MaskFile(index)), classes);
        }
    }

    private static (Case Item, long? Slice)[] Choose(CaseSplits data, long background)
    {
        var ranked = data.Validation.OrderBy(ForegroundShare).ToArray();
        var count = Math.Min(Most, ranked.Length);
        return [.. Enumerable.Range(0, count).Select(row => ranked[(int)((row + 0.5) * ranked.Length / count)]).Select(item => (item, BestSlice(item)))];

        double ForegroundShare(Case item)
        {
            using var scope = NewDisposeScope();
            return Foreground(item).mean([], type: ScalarType.Float64).item<double>();
        }

        long? BestSlice(Case item)
        {
            using var scope = NewDisposeScope();
            return item.Space.Count == 3 ? Foreground(item).sum([1L, 2L], type: ScalarType.Int64).argmax().item<long>() : null;
        }

        Tensor Foreground(Case item)
        {
            using var number = background.ToScalar();
            using var ignored = data.IgnoreIndex?.ToScalar();
            return ignored is null ? item.Labels.ne(number) : item.Labels.ne(number).logical_and(item.Labels.ne(ignored));
        }
    }

    /// <summary>That with most pixels in the validation cases.</summary>
    private static long LargestClass(CaseSplits data)
    {
        using var scope = NewDisposeScope();
        var pixels = zeros(byte.MaxValue + 1, ScalarType.Int64);
        foreach (var item in data.Validation)
        {
            pixels.add_(item.Labels.flatten().to(ScalarType.Int64).bincount(null, minlength: byte.MaxValue + 1), KeptScalars.One);
        }

        return pixels[..data.Classes.Count].argmax().item<long>();
    }

    /// <summary>[C, H, W] of [C, H, W] or of a slice of [C, D, H, W].</summary>
    private static Tensor Slice(Tensor planes, long? slice) => slice is { } index ? planes.select(1, index) : planes;

    /// <summary>[3, H, W] or [1, H, W] uint8: bytes as they are, other numbers from the least, black, to the largest, white.</summary>
    private static Tensor Displayed(Tensor image, bool isPicture)
    {
        var planes = image.shape[0] == 3 && isPicture ? image : image[..1];
        if (planes.dtype == ScalarType.Byte)
        {
            return planes;
        }

        var fromZero = planes - planes.min();
        using var least = 1e-30.ToScalar();
        return (fromZero * fromZero.max().clamp_min(least).reciprocal().mul(KeptScalars.FullRange)).round().to(ScalarType.Byte);
    }
}
