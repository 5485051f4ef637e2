using SegLossBias.Tests.Oracles;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Every loss of the loss table with every kind of input and every reduction: value against plain loops, gradient against their differences.</summary>
internal static class LossAttempts
{
    private const double Step = 1e-5;

    internal static Attempt Make(Draw draw)
    {
        var row = draw.One(LossTable.All);
        var mode = draw.One(Enum.GetValues<SegmentationMode>());
        var checksLabels = !draw.OneIn(5);
        var reduction = draw.OneIn(2) ? draw.One([.. row.Reductions]) : Reduction.Mean;
        var input = HostileInput.Of(draw, mode, row, checksLabels);
        var surroundings = draw.OneIn(2) ? Surroundings.Plain : draw.One(Surroundings.All);
        double[] direction = [.. input.Scene.Logits.Select(_ => draw.Int(-100, 100) / 100.0)];
        return new($"loss {row.Name} {reduction}{(checksLabels ? "" : " unchecked")}, {surroundings}: {input}", input.Expected, () =>
        {
            using var loss = row.Create(mode, Scene.Ignore, reduction, checksLabels);
            var inputs = input.Make();
            surroundings.Around(() => Evaluate(row, loss, input, inputs, surroundings, direction));
        });
    }

    private static void Evaluate(LossCase row, SegmentationLoss loss, HostileInput input, Inputs inputs, Surroundings surroundings, double[] direction)
    {
        var leaf = inputs.Logits is { IsInvalid: false } logits && TakesGradients(logits, surroundings) ? logits.detach().requires_grad_(true) : inputs.Logits!;
        var target = inputs.Target();
        using var value = Library.Call(() => loss.call(leaf, target));
        var values = Evaluation.Numbers(value);
        Library.Ensure(values.Length == (loss.Reduction == Reduction.None ? inputs.Scene.Images : 1), $"expected one value for each image or one in all, came {values.Length}");
        var isKnown = input.Expected == Expected.Value && PlainReductions.Knows(row, loss.Reduction) && (input.Dtype == ScalarType.Float64 || !row.WaitsForTheDevice)
            && ((input.IsModerate && !HasTies(inputs.Scene)) || !row.IsOfPixels) && (input.IsModerate || !row.IsSteepAtCertainty);
        if (isKnown)
        {
            // Beyond the range of the loops, whose probabilities round to 0, the tensor operations in float64 take their place.
            var plain = PlainReductions.Of(row, inputs.Scene, loss.Reduction);
            var (expected, whose) = plain.All(double.IsFinite) && input.IsModerate ? (plain, "plain loops") : (Composed(loss, inputs), "tensor operations");
            Library.Ensure(values.Length == expected.Length, $"expected {expected.Length} values, came {values.Length}");
            for (var i = 0; i < values.Length; i++)
            {
                Library.EnsureClose(values[i], expected[i], ValueTolerance(input.Dtype), $"the value {i} of {whose}");
            }
        }
        else if (input.Expected == Expected.Value)
        {
            Library.Ensure(values.All(double.IsFinite), $"expected finite values, came {string.Join(", ", values)}");
        }

        if (leaf.requires_grad)
        {
            Library.Call(() =>
            {
                using var sum = value.sum();
                sum.backward();
            });
            CheckGradient(row, loss, input, inputs, Evaluation.Numbers(leaf.grad!), isKnown, direction);
        }
    }

    /// <summary>Sorted pixels of equal losses may come in any order, whatever they weigh.</summary>
    private static bool HasTies(Scene scene) => scene.Weights is not null && scene.Logits.DistinctBy(Math.Abs).Count() < scene.Logits.Length;

    /// <summary>The derivative in a random direction lies between the differences on both sides, also at a kink.</summary>
    private static void CheckGradient(LossCase row, SegmentationLoss loss, HostileInput input, Inputs inputs, double[] gradient, bool isKnown, double[] direction)
    {
        Library.Ensure(input.Expected != Expected.Value || gradient.All(double.IsFinite), "expected a finite gradient, came one that is not");
        if (!isKnown || !input.IsModerate)
        {
            return;
        }

        var scene = inputs.Scene;
        double At(double step) => PlainReductions.Of(row, scene with { Logits = [.. scene.Logits.Zip(direction, (z, v) => z + (step * v))] }, loss.Reduction).Sum();
        var (here, above, below) = (At(0), At(Step), At(-Step));
        if (!double.IsFinite(here + above + below))
        {
            return;
        }

        var (right, left) = ((above - here) / Step, (here - below) / Step);
        if (row.SeesNeighbours && Math.Abs(right - left) > Step)
        {
            return; // Ties of neighbours and thresholds: value or slope jumps here.
        }

        var expected = (right + left) / 2;
        double Slope(double[] of) => of.Zip(direction, (g, v) => g * v).Sum();
        double Allowed(ScalarType dtype, double largest) => (Tolerance.Slope(dtype) * direction.Sum(Math.Abs) * Math.Max(1e-3, largest)) + Math.Abs(right - left) + (Tolerance.Roundoff * Math.Abs(here) / Step);
        void EnsureSlope(double actual, double allowed, string whose) => Library.Ensure(
            Math.Abs(actual - expected) <= allowed,
            FormattableString.Invariant($"expected a slope of {expected:R} within {allowed:R} in a random direction, came {actual:R} of {whose}"));
        var (actual, allowed) = (Slope(gradient), Allowed(input.Dtype, gradient.Max(Math.Abs)));
        if (input.Dtype != ScalarType.Float64 && !(Math.Abs(actual - expected) <= allowed))
        {
            var onTheWay = OnTheWay(loss, inputs);
            EnsureSlope(Slope(onTheWay[0]), Allowed(ScalarType.Float64, onTheWay[0].Max(Math.Abs)), "the tensor operations in float64");
            allowed = Allowed(input.Dtype, onTheWay.Max(entries => entries.Max(Math.Abs)));
        }

        EnsureSlope(actual, allowed, "the gradient");
    }

    /// <summary>
    /// The gradients in float64 at these logits, first, and at half of them, a quarter and so on: at seven points between them and 0. The
    /// largest entry is what an error in float32 is relative to. A float32 probability has the absolute error of 1, half a unit in its
    /// last place, and so has 1 − p. Where a temperature drives probabilities to 0 and 1 the gradient vanishes with p·(1 − p), but this
    /// error stays: it is small beside the gradient that p = ½ would have, not beside what is left of it. In float64 there is no such
    /// error, so that there the gradient itself must be right.
    /// </summary>
    private static double[][] OnTheWay(SegmentationLoss loss, Inputs inputs)
    {
        using var forced = RegionPrimitive.Force(RegionImplementation.Composed);
        return [.. Enumerable.Range(0, 7).Select(halvings =>
            Evaluation.Run(loss, tensor([.. inputs.Scene.Logits.Select(z => Math.ScaleB(z, -halvings))], inputs.Scene.Shape, ScalarType.Float64, CPU), inputs.Target()).Gradient)];
    }

    private static double[] Composed(SegmentationLoss loss, Inputs inputs)
    {
        using var forced = RegionPrimitive.Force(RegionImplementation.Composed);
        using var none = no_grad();
        return Evaluation.Numbers(loss.call(tensor(inputs.Scene.Logits, inputs.Scene.Shape, device: CPU), inputs.Target()));
    }

    private static bool TakesGradients(Tensor logits, Surroundings surroundings) =>
        surroundings.HasGradients && logits.dtype is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 && !logits.is_sparse && logits.device_type == DeviceType.CPU;

    private static double ValueTolerance(ScalarType dtype) => dtype == ScalarType.Float64 ? Tolerance.Of(dtype) : Tolerance.Of(ScalarType.Float32);
}
