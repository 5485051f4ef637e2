using System.Globalization;
using SegLossBias.Benchmarks.Cases;
using static TorchSharp.torch;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>A baseline that computes something else is worth nothing: value and gradient must be the candidate's.</summary>
internal static class Agreement
{
    private const double Tolerance = 1e-4;

    /// <exception cref="UserError">They differ.</exception>
    public static void Demand(string loss, Implementation candidate, Implementation baseline, Scene scene)
    {
        using var scope = NewDisposeScope();
        var (value, gradient) = Evaluate(candidate, scene);
        var (expected, expectedGradient) = Evaluate(baseline, scene);
        Demand(loss, "value", Math.Abs(value - expected), Math.Abs(expected), baseline);
        if (gradient is not null)
        {
            Demand(loss, "gradient", Largest(gradient.sub(expectedGradient!)), Largest(expectedGradient!), baseline);
        }
    }

    private static (double Value, Tensor? Gradient) Evaluate(Implementation implementation, Scene scene)
    {
        var value = implementation.Call(scene);
        Tensor? gradient = null;
        if (scene.Logits.requires_grad)
        {
            value.backward();
            gradient = scene.Logits.grad!.clone();
            scene.Logits.grad = null;
        }

        return (value.item<float>(), gradient);
    }

    private static double Largest(Tensor tensor) => tensor.abs().max().item<float>();

    private static void Demand(string loss, string what, double difference, double size, Implementation baseline)
    {
        // Not the other way round: NaN must not pass.
        if (!(difference <= Tolerance * size))
        {
            throw new UserError(string.Create(CultureInfo.InvariantCulture,
                $"{loss}: the {what} of the library and of '{baseline.Name}' differ by {difference:G3} where it is {size:G3}; such times cannot be compared"));
        }
    }
}
