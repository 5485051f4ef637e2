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

    /// <summary>Weights of the classes: 1, 1.5, 2, 1, …</summary>
    public static float[] Weights(long classes) => [.. Enumerable.Range(0, (int)classes).Select(k => 1 + (0.5f * (k % 3)))];

    private static string Weighted(long classes) =>
        $$"""{ "name": "CE", "weight": [{{string.Join(", ", Weights(classes).Select(weight => weight.ToString(CultureInfo.InvariantCulture)))}}] }""";
}
