using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using OptimizerState = SegLossBias.Experiments.Learning.OptimizerState;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>Against the formulas of the papers in plain numbers: one weight w with gradient a·w.</summary>
public sealed class OptimizerTests
{
    private const double Rate = 0.1;
    private const double Slope = 0.7;
    private const double Decay = 1e-2;
    private const double Beta2 = 0.99;

    [Fact]
    public void Sgd_HasNesterovMomentumAndDecay()
    {
        var (w, velocity) = (1.0, 0.0);
        Compare(OptimizerKind.Sgd, _ =>
        {
            var gradient = (Slope + Decay) * w;
            velocity = (0.99 * velocity) + gradient;
            return w -= Rate * (gradient + (0.99 * velocity));
        });
    }

    [Fact]
    public void Adam_HasTheMomentsOfItsPaperAndDecay()
    {
        var (w, first, second) = (1.0, 0.0, 0.0);
        Compare(OptimizerKind.Adam, step =>
        {
            var gradient = (Slope + Decay) * w;
            first = (0.9 * first) + (0.1 * gradient);
            second = (Beta2 * second) + ((1 - Beta2) * gradient * gradient);
            return w -= Rate * first / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(second / (1 - Math.Pow(Beta2, step))) + 1e-8);
        });
    }

    private static void Compare(OptimizerKind kind, Func<int, double> expectedAfter)
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(ones(1, ScalarType.Float64));
        using var optimizer = OptimizerState.Create(Tiny.Settings(kind, rate: Rate) with { WeightDecay = Decay, AdamBeta2 = Beta2 }, [weight]);
        for (var step = 1; step <= 6; step++)
        {
            optimizer.zero_grad();
            (0.5 * Slope * weight.square()).sum().backward();
            optimizer.step();
            weight.item<double>().Should().BeApproximately(expectedAfter(step), 1e-12);
        }
    }
}
