namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Every loss of the loss table with every kind of input: value against plain loops, gradient against their differences.</summary>
internal static class LossAttempts
{
    private const double Step = 1e-5;

    internal static Attempt Make(Draw draw)
    {
        var row = draw.One(LossTable.All);
        var mode = draw.One(Enum.GetValues<SegmentationMode>());
        var checksLabels = !draw.OneIn(5);
        var reduction = draw.OneIn(4) ? draw.One([.. row.Reductions]) : Reduction.Mean;
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
        var isKnown = input.Expected == Expected.Value && loss.Reduction == Reduction.Mean && (input.Dtype == ScalarType.Float64 || !row.WaitsForTheDevice)
            && ((input.IsModerate && !HasTies(inputs.Scene)) || !row.IsOfPixels);
        if (isKnown)
        {
            // Beyond the range of the loops, whose probabilities round to 0, the tensor operations in float64 take their place.
            var plain = row.Plain(inputs.Scene);
            var (expected, whose) = double.IsFinite(plain) && input.IsModerate ? (plain, "plain loops") : (Composed(loss, inputs), "tensor operations");
            Library.EnsureClose(values[0], expected, ValueTolerance(input.Dtype), $"the value of {whose}");
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
            CheckGradient(row, input, inputs.Scene, Evaluation.Numbers(leaf.grad!), isKnown, direction);
        }
    }

    /// <summary>Sorted pixels of equal losses may come in any order, whatever they weigh.</summary>
    private static bool HasTies(Scene scene) => scene.Weights is not null && scene.Logits.DistinctBy(Math.Abs).Count() < scene.Logits.Length;

    /// <summary>The derivative in a random direction lies between the differences on both sides, also at a kink.</summary>
    private static void CheckGradient(LossCase row, HostileInput input, Scene scene, double[] gradient, bool isKnown, double[] direction)
    {
        Library.Ensure(input.Expected != Expected.Value || gradient.All(double.IsFinite), "expected a finite gradient, came one that is not");
        if (!isKnown || !input.IsModerate)
        {
            return;
        }

        double At(double step) => row.Plain(scene with { Logits = [.. scene.Logits.Zip(direction, (z, v) => z + (step * v))] });
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

        var actual = gradient.Zip(direction, (g, v) => g * v).Sum();
        var scale = direction.Sum(Math.Abs) * Math.Max(1e-3, gradient.Max(Math.Abs));
        var allowed = (GradientTolerance(input.Dtype) * scale) + Math.Abs(right - left) + 1e-12;
        Library.Ensure(
            Math.Abs(actual - ((right + left) / 2)) <= allowed,
            FormattableString.Invariant($"expected a slope of {(right + left) / 2:R} within {allowed:R} in a random direction, came {actual:R}"));
    }

    private static double Composed(SegmentationLoss loss, Inputs inputs)
    {
        using var forced = RegionPrimitive.Force(RegionImplementation.Composed);
        using var none = no_grad();
        return Evaluation.Numbers(loss.call(tensor(inputs.Scene.Logits, inputs.Scene.Shape, device: CPU), inputs.Target())).Single();
    }

    private static bool TakesGradients(Tensor logits, Surroundings surroundings) =>
        surroundings.HasGradients && logits.dtype is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 && !logits.is_sparse && logits.device_type == DeviceType.CPU;

    private static double ValueTolerance(ScalarType dtype) => dtype == ScalarType.Float64 ? Tolerance.Of(dtype) : Tolerance.Of(ScalarType.Float32);

    private static double GradientTolerance(ScalarType dtype) => dtype == ScalarType.Float64 ? Tolerance.FiniteDifference : Tolerance.Of(dtype);
}
