using System.Globalization;

namespace SegLossBias.Benchmarks.Eager;

/// <summary>What <c>--families</c> and <c>--all</c> time.</summary>
internal static class FamilyLosses
{
    /// <summary>A loss or two of each family.</summary>
    public static IReadOnlyList<FamilyCase> Representatives { get; } =
    [
        FamilyCase.Of("overlap", "Tversky"),
        FamilyCase.Of("overlap", "Jaccard"),
        FamilyCase.Of("overlap", "GDice"),
        FamilyCase.Of("confusion", "MCC"),
        FamilyCase.Of("confusion", "WassersteinDice"),
        new("confusion", "WassersteinDice(M)", Distant),
        new("pixels", "CE(s=0.1)", _ => """{ "name": "CE", "labelSmoothing": 0.1 }"""),
        FamilyCase.Of("pixels", "Poly1"),
        FamilyCase.Of("focal", "Focal"),
        new("focal", "Focal(softmax)", _ => """{ "name": "Focal", "form": "Softmax" }"""),
        FamilyCase.Of("focal", "UnifiedFocal"),
        FamilyCase.Of("sizes", "SizeBounds"),
        FamilyCase.Of("hardest", "TopK", HandWrittenPixels.TopK),
        FamilyCase.Of("hardest", "OHEM", HandWrittenPixels.Ohem),
        FamilyCase.Of("sorted", "Lovasz", HandWrittenShapes.Lovasz),
        FamilyCase.Of("topology", "clDice", HandWrittenShapes.ClDice),
        FamilyCase.Of("surface", "Hausdorff"),
        new("per-pixel", "CE/pixel", _ => """{ "name": "CE" }""", HandWrittenPixels.CrossEntropy, IsPerPixel: true),
        new("per-pixel", "WCE/pixel", Weighted, HandWrittenPixels.Weighted, IsPerPixel: true),
        new("per-pixel", "CE(s=0.1)/pixel", _ => """{ "name": "CE", "labelSmoothing": 0.1 }""", HandWrittenPixels.Smoothed, IsPerPixel: true),
        new("per-pixel", "Focal/pixel", _ => """{ "name": "Focal" }""", HandWrittenPixels.OneVsRestFocal, IsPerPixel: true),
        new("per-pixel", "Focal(softmax)/pixel", _ => """{ "name": "Focal", "form": "Softmax" }""", HandWrittenPixels.SoftmaxFocal, IsPerPixel: true),
        new("per-pixel", "GCE/pixel", _ => """{ "name": "GCE" }""", HandWrittenPixels.GeneralizedCrossEntropy, IsPerPixel: true),
    ];

    /// <summary>Every name of the factory, with its defaults.</summary>
    public static IReadOnlyList<FamilyCase> All { get; } =
        [.. LossFactory.Names.Select(name => Representatives.FirstOrDefault(row => row.Name == name) ?? FamilyCase.Of("-", name))];

    /// <summary>Rows of the named families and the named losses, in any case, in their own order.</summary>
    /// <exception cref="ArgumentException">There is no such family or loss among the rows.</exception>
    public static IReadOnlyList<FamilyCase> Named(IReadOnlyList<FamilyCase> rows, IReadOnlyList<string> names)
    {
        static bool Is(FamilyCase row, string name) => row.Family.Equals(name, StringComparison.OrdinalIgnoreCase) || row.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
        return names.FirstOrDefault(name => !rows.Any(row => Is(row, name))) is { } unknown
            ? throw new ArgumentException($"there is no family and no loss '{unknown}'; known are {string.Join(", ", rows.Select(row => row.Family).Distinct().Concat(rows.Select(row => row.Name)))}")
            : [.. rows.Where(row => names.Any(name => Is(row, name)))];
    }

    /// <summary>Weights of the classes: 1, 1.5, 2, 1, …</summary>
    public static float[] Weights(long classes) => [.. Enumerable.Range(0, (int)classes).Select(k => 1 + (0.5f * (k % 3)))];

    /// <summary>Classes that are as far apart as their numbers.</summary>
    private static string Distant(long classes)
    {
        var all = Enumerable.Range(0, (int)classes);
        return $$"""{ "name": "WassersteinDice", "distances": [{{string.Join(", ", all.Select(j => $"[{string.Join(", ", all.Select(k => Math.Abs(j - k)))}]"))}}] }""";
    }

    private static string Weighted(long classes) =>
        $$"""{ "name": "CE", "weight": [{{string.Join(", ", Weights(classes).Select(weight => weight.ToString(CultureInfo.InvariantCulture)))}}] }""";
}
