using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Gradients;

/// <summary>Central differences, and scenes where they mean something.</summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-5;

    /// <summary>(f(x + h·e_i) − f(x − h·e_i)) / 2h for every i.</summary>
    internal static double[] Gradient(Func<double[], double> function, double[] at)
    {
        var x = (double[])at.Clone();
        var gradient = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = at[i] + Step;
            var above = function(x);
            x[i] = at[i] - Step;
            gradient[i] = (above - function(x)) / (2 * Step);
            x[i] = at[i];
        }

        return gradient;
    }

    /// <summary>(f(x + h·v) − f(x − h·v)) / 2h, for a function with many values.</summary>
    internal static double[] Directional(Func<double[], double[]> function, double[] at, double[] direction)
    {
        var above = function([.. at.Zip(direction, (x, v) => x + (Step * v))]);
        var below = function([.. at.Zip(direction, (x, v) => x - (Step * v))]);
        return [.. above.Zip(below, (a, b) => (a - b) / (2 * Step))];
    }

    /// <summary>
    /// The first random scene off every kink. |p̂ − ŷ| has no derivative at p̂ = ŷ, and a difference across it is no
    /// gradient; a step moves p̂ by less than 1e-4, so 0.01 is far. The clamps of Dice (1e-7) are as far in any scene
    /// with logits of order 1.
    /// </summary>
    internal static Scene SceneOffKinks(SegmentationMode mode, long[] shape, double ignored = 0)
    {
        double[] temperatures = [0.5, 1, 2, 3, 10];
        return Enumerable.Range(1, 1000).Select(seed => Scenes.Fixed(mode, shape, seed, spread: 2, ignored)).First(scene =>
            Enumerable.Range(0, (int)scene.Images).SelectMany(n => PlainRegion.All(scene, n)).All(region =>
                region.ValidSize > 0 && temperatures.All(t => Math.Abs(region.PredictedProportion(t) - region.TargetProportion()) > 0.01)));
    }
}
