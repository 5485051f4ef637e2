using SegLossBias.Tests.Oracles;

namespace SegLossBias.Tests.Goldens;

/// <summary>
/// The size of what a term adds up, in plain loops. float32 has seven digits of the summands: where they nearly cancel,
/// as those of KL and of the Dice bias do, it has fewer of their sum. Terms whose summands have one sign, and only
/// those, are as exact as their value.
/// </summary>
internal static class SummandSize
{
    /// <summary>Of a mean over images: the mean of Σ_k of the larger summand.</summary>
    internal static double OfValue(LossTerm term, Scene scene) => term switch
    {
        RegionSizeKl kl => Mean(kl, scene, isBothSides: true, (truth, predicted) => truth == 0 ? 0 : truth * Math.Max(-Math.Log(truth), -Math.Log(predicted))),
        RegionSizeL1 l1 => Mean(l1, scene, isBothSides: false, Math.Max),

        // The error of p̂ + ŷ, relative, is that of its logarithm, absolute.
        DiceBias bias => Mean(bias, scene, isBothSides: false, (truth, predicted) => Math.Max(1, Math.Abs(Math.Log(predicted + truth)))),
        OverlapTerm or GeneralizedDice => 1, // 1 − D, or log D as above.
        _ => 0,
    };

    /// <summary>
    /// Of a gradient. That of a size penalty with slope g_k in p̂_k is τ/(N·|V|) · p_j·(g_j − Σ_k p_k·g_k), and p̂_k·|g_k|
    /// is at most 1, in a mean over classes 1/K.
    /// </summary>
    internal static double OfGradient(LossTerm term, Scene scene)
    {
        if (term is not RegionSizeTerm size)
        {
            return 0;
        }

        var pixels = Regions(scene, isBothSides: false).Where(region => region.ValidSize > 0).Select(region => region.ValidSize).DefaultIfEmpty(1).Min();
        return size.Temperature.At(0) / (scene.Images * pixels * Classes(size, scene));
    }

    private static double Mean(RegionSizeTerm term, Scene scene, bool isBothSides, Func<double, double, double> summand) =>
        Regions(scene, isBothSides).Sum(region => summand(region.TargetProportion(term.Epsilon), region.PredictedProportion(term.Temperature.At(0), term.Epsilon)))
            / (scene.Images * Classes(term, scene));

    private static double Classes(RegionSizeTerm term, Scene scene) => term.ClassReduction == ClassReduction.Mean ? scene.Classes : 1;

    private static IEnumerable<PlainRegion> Regions(Scene scene, bool isBothSides) =>
        Enumerable.Range(0, (int)scene.Images).SelectMany(image => PlainRegion.All(scene, image)).Where(region => isBothSides || !region.IsBackground);
}
