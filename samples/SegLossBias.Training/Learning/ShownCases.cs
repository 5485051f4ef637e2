using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>A case that pictures show; of a volume, one axial slice.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Slice">The slice of a volume; null for a picture.</param>
/// <param name="Index">Its place among the validation cases.</param>
internal sealed record ShownCase(string Name, int? Slice, int Index);

/// <summary>The validation cases that pictures show: <c>shown/00-image.png</c>, <c>shown/00-truth.png</c> and <c>shown/shown.json</c>.</summary>
internal sealed class ShownCases
{
    public const int Most = 6;

    private readonly IReadOnlyList<ShownCase> _cases;

    private ShownCases(IReadOnlyList<ShownCase> cases) => _cases = cases;

    public static string File(string folder, string name) => Path.Combine(folder, "shown", name);

    public static ShownCases Load(string folder) => new(ResultFolder.Read<List<ShownCase>>(File(folder, "shown.json")));

    /// <summary>Chooses cases at evenly spread ranks of foreground size, small and large ones, and saves their pictures.</summary>
    public static void Save(string folder, IReadOnlyList<Case> cases, long? ignoreIndex)
    {
        using var scope = NewDisposeScope();
        double[] sizes = [.. cases.Select(item => Foreground(item.Labels, ignoreIndex).to(ScalarType.Float64).mean().item<double>())];
        var order = Enumerable.Range(0, cases.Count).OrderBy(i => sizes[i]).ToArray();
        var count = Math.Min(Most, order.Length);
        ShownCase[] shown = [.. Enumerable.Range(0, count).Select(row => order[(int)((row + 0.5) * order.Length / count)])
            .Select(index => new ShownCase(cases[index].Name, Slice(cases[index], ignoreIndex), index))];
        Directory.CreateDirectory(Path.Combine(folder, "shown"));
        for (var row = 0; row < shown.Length; row++)
        {
            var item = cases[shown[row].Index];
            PlanePicture.SaveImage(File(folder, Name(row, "-image")), Plane(item.Image, shown[row], 1));
            PlanePicture.SaveLabels(File(folder, Name(row, "-truth")), Plane(item.Labels, shown[row], 0));
        }

        ResultFolder.WriteWhole(File(folder, "shown.json"), shown);
    }

    /// <summary>Saves the predicted classes of a validation case as <c>masks/00.png</c>, if it is shown.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <param name="index">The case's place among the validation cases.</param>
    /// <param name="logits">[K, *].</param>
    public void SavePrediction(string runFolder, int index, Tensor logits)
    {
        for (var row = 0; row < _cases.Count; row++)
        {
            if (_cases[row].Index == index)
            {
                using var scope = NewDisposeScope();
                Directory.CreateDirectory(Path.Combine(runFolder, "masks"));
                PlanePicture.SaveLabels(Path.Combine(runFolder, "masks", Name(row, "")), Plane(logits.argmax(0).to(ScalarType.Byte), _cases[row], 0));
            }
        }
    }

    private static string Name(int row, string kind) => FormattableString.Invariant($"{row:00}{kind}.png");

    private static Tensor Foreground(Tensor labels, long? ignoreIndex) =>
        ignoreIndex is { } ignored ? labels.gt(0).logical_and(labels.ne(ignored)) : labels.gt(0);

    /// <summary>The axial slice with most foreground.</summary>
    private static int? Slice(Case item, long? ignoreIndex) =>
        item.Space.Count == 3 ? (int)Foreground(item.Labels, ignoreIndex).sum([1L, 2L]).argmax().item<long>() : null;

    private static Tensor Plane(Tensor whole, ShownCase shown, int axis) => shown.Slice is { } slice ? whole.select(axis, slice) : whole;
}
