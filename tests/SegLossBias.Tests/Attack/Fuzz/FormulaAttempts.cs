namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Losses of the user's own: random formulas in both interpreters, and code that throws or returns nonsense.</summary>
internal static class FormulaAttempts
{
    private static readonly (string Name, Expected Expected, Func<Tensor, Tensor> Function)[] Functions =
    [
        ("good", Expected.Value, tensor => tensor.square()),
        ("throws", Expected.Refusal, _ => throw new UserException()),
        ("null", Expected.Refusal, _ => null!),
        ("disposed", Expected.Refusal, tensor => Disposed(tensor.square())),
        ("of another shape", Expected.Refusal, tensor => zeros(7, 5, 3, tensor.dtype)),
        ("one image too many", Expected.Refusal, tensor => cat([tensor, tensor.narrow(0, 0, 1)])),
        ("integers", Expected.Refusal, tensor => tensor.to(ScalarType.Int64)),
        ("complex", Expected.Refusal, tensor => tensor.to(ScalarType.ComplexFloat64)),
        ("on META", Expected.Refusal, tensor => tensor.to(META)),
        ("sparse", Expected.Refusal, tensor => tensor.to_sparse()),
        ("NaN", Expected.Either, tensor => tensor.mul(double.NaN)),
        ("detached", Expected.Either, tensor => tensor.detach()),
        ("the input itself", Expected.Either, tensor => tensor),
        ("fails in libtorch", Expected.Refusal, tensor => tensor.reshape(-5, 1)),
    ];

    internal static Attempt Make(Draw draw) => draw.Int(0, 3) switch
    {
        0 => OfPixels(draw),
        1 => ByTensors(draw),
        2 => Throwing(draw),
        _ => Random(draw),
    };

    /// <summary>The same numbers in both interpreters, whatever the formula is.</summary>
    private static Attempt Random(Draw draw)
    {
        var mode = draw.One(Enum.GetValues<SegmentationMode>());
        var program = Enumerable.Range(0, draw.Int(3, 9)).Select(_ => (Operation: draw.Int(0, 11), First: draw.Int(0, 99), Second: draw.Int(0, 99), Number: draw.One([0.5, 2, 1, -1, 0.1]))).ToArray();
        var (set, end) = (draw.Int(0, 1), draw.Int(0, 3));
        Formula Define(Regions regions)
        {
            var own = set == 0 ? regions.All : regions.Foreground;
            List<Formula> known = [own.Overlap, own.TargetSize, own.PredictedSize(), own.NegativeLogLikelihood, own.PredictedSize(3)];
            foreach (var (operation, first, second, number) in program)
            {
                var (a, b) = (known[first % known.Count], known[second % known.Count]);
                known.Add(operation switch
                {
                    0 => a + b,
                    1 => a - b,
                    2 => a * b,
                    3 => a / b,
                    4 => Formula.Log(a),
                    5 => Formula.Exp(-Formula.Abs(a)),
                    6 => Formula.Abs(a),
                    7 => Formula.Max(a, b),
                    8 => Formula.Min(a, number),
                    9 => Formula.Power(Formula.Abs(a) + 1, Math.Abs(number)),
                    10 => Formula.XLogY(a, b),
                    _ => a.Where(b),
                });
            }

            return end switch { 0 => known[^1].Sum(Axis.Classes), 1 => known[^1].Mean(Axis.Classes).Mean(Axis.Images), 2 => known[^1].Max(Axis.Classes), _ => known[^1].Sum(Axis.Images).Sum(Axis.Classes) };
        }

        return new($"formula {string.Join(' ', program)} {set} {end} {mode}", Expected.Value, () =>
        {
            using var loss = new SegmentationLoss(new Written(Define)) { Mode = mode, IgnoreIndex = Scene.Ignore };
            SettingAttempts.Evaluate(loss, isTame: false);
        });
    }

    private static Attempt ByTensors(Draw draw)
    {
        var (name, expected, function) = draw.One(Functions);
        return new($"formula by tensors, {name}", expected, () =>
        {
            using var loss = new SegmentationLoss(new Written(regions => regions.All.Overlap.ByTensors("f", Guarded(function)).Sum(Axis.Classes)));
            Differentiate(loss);
        });
    }

    private static Attempt OfPixels(Draw draw)
    {
        var (name, expected, function) = draw.One(Functions);
        return new($"term on pixels, {name}", name is "of another shape" or "one image too many" or "good" ? Expected.Either : expected, () =>
        {
            using var loss = new SegmentationLoss(new OnPixels(Guarded(function)));
            Differentiate(loss);
        });
    }

    private static Attempt Throwing(Draw draw)
    {
        var fault = draw.One(["throws", "null", "of classes", "asks for a map", "asks for no class", "temperature NaN", "temperature 0", "focal of NaN"]);
        return new($"formula that {fault}", Expected.Refusal, () =>
        {
            using var loss = new SegmentationLoss(new CrossEntropy() + new Written(regions => fault switch
            {
                "throws" => throw new UserException(),
                "null" => null!,
                "of classes" => regions.All.Overlap,
                "asks for a map" => regions.All.MapSum("missing").Sum(Axis.Classes),
                "asks for no class" => regions.All.Confusion(77).Sum(Axis.Classes),
                "temperature NaN" => regions.All.PredictedSize(double.NaN).Sum(Axis.Classes),
                "temperature 0" => regions.All.PredictedSize(0).Sum(Axis.Classes),
                _ => regions.All.Focal(double.NaN, FocalForm.Softmax).Sum(Axis.Classes),
            }));
            Differentiate(loss);
        });
    }

    private static void Differentiate(SegmentationLoss loss)
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var target = scene.Target();
        using var value = Library.Held(() => loss.call(leaf, target));
        if (value.requires_grad)
        {
            value.backward();
        }
    }

    /// <summary>What libtorch throws in the user's code is the user's.</summary>
    private static Func<Tensor, Tensor> Guarded(Func<Tensor, Tensor> function) => tensor =>
    {
        try
        {
            return function(tensor);
        }
        catch (System.Runtime.InteropServices.ExternalException)
        {
            throw new UserException();
        }
    };

    private static Tensor Disposed(Tensor tensor)
    {
        tensor.Dispose();
        return tensor;
    }

    private sealed class Written(Func<Regions, Formula> define) : RegionTerm("Written")
    {
        protected override LossFormula Define(Regions regions) => define(regions);
    }

    private sealed class OnPixels(Func<Tensor, Tensor> function) : PixelTerm("OnPixels")
    {
        protected override Tensor Evaluate(Pixels pixels) => function(pixels.NegativeLogLikelihood.mean());
    }
}
