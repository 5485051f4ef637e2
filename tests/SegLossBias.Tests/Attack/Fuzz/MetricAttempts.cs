using SegLossBias.Tests.Metrics;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Every accumulator of metrics against plain loops, against itself with plain tensors, and through its file.</summary>
internal static class MetricAttempts
{
    private static readonly Dictionary<string, Func<SegmentationMode, int, double[], Accumulator>> Kinds = new()
    {
        ["overlap"] = (mode, classes, _) => Of(new OverlapMetrics(classes) { Mode = mode, IgnoreIndex = Scene.Ignore }, (m, z, t) => m.AddLogits(z, t), (m, p, t) => m.Add(p, t)),
        ["surface"] = (mode, classes, mm) => Of(new SurfaceMetrics(classes) { Mode = mode, IgnoreIndex = Scene.Ignore, ToleranceMm = [1] }, (m, z, t) => m.AddLogits(z, t, mm), (m, p, t) => m.Add(p, t, mm)),
        ["boundary"] = (mode, classes, _) => Of(new BoundaryMetrics(classes) { Mode = mode, IgnoreIndex = Scene.Ignore }, (m, z, t) => m.AddLogits(z, t), (m, p, t) => m.Add(p, t)),
        ["volume"] = (mode, classes, mm) => Of(new VolumeMetrics(classes) { Mode = mode, IgnoreIndex = Scene.Ignore }, (m, z, t) => m.AddLogits(z, t, mm), (m, p, t) => m.Add(p, t, mm)),
        ["lesion"] = (mode, classes, _) => Of(new LesionMetrics(classes) { Mode = mode, IgnoreIndex = Scene.Ignore }, (m, z, t) => m.AddLogits(z, t), (m, p, t) => m.Add(p, t)),
        ["centre lines"] = (mode, classes, _) => Of(new CenterlineMetrics(classes) { Mode = mode, IgnoreIndex = Scene.Ignore }, (m, z, t) => m.AddLogits(z, t), (m, p, t) => m.Add(p, t)),
        ["confusion"] = (mode, classes, _) => Of(new ConfusionMetrics(classes) { IgnoreIndex = Scene.Ignore }, (m, z, t) => m.AddLogits(z, t), (m, p, t) => m.Add(p, t)),
        ["calibration"] = (mode, classes, _) => Of(new CalibrationMetrics(classes) { Mode = mode, IgnoreIndex = Scene.Ignore }, (m, z, t) => m.AddLogits(z, t), (m, z, t) => m.AddLogits(z, t)),
        ["calibration of probabilities"] = (mode, classes, _) => Of(new CalibrationMetrics(classes) { Mode = mode, IgnoreIndex = Scene.Ignore }, (m, p, t) => m.AddProbabilities(p, t), (m, z, t) => m.AddLogits(z, t)),
    };

    internal static Attempt Make(Draw draw)
    {
        var kind = draw.One(Kinds.Keys.ToArray());
        var mode = kind == "confusion" ? SegmentationMode.Multiclass : draw.One(Enum.GetValues<SegmentationMode>());
        var input = HostileInput.Of(draw, mode);
        var ofCalibration = kind.StartsWith("calibration", StringComparison.Ordinal);
        var ofLabels = !ofCalibration && draw.OneIn(3) && !input.Fault.Name.StartsWith("logit", StringComparison.Ordinal);
        var form = input.Fault == Fault.None && draw.OneIn(4) ? draw.One(TensorForm.Unusable) : draw.One(TensorForm.SameNumbers);
        var space = (int)input.Scene.Shape.Length - 2;
        var spacing = draw.OneIn(8) ? draw.Of(Gen.Int[0, 4]) is var axes ? Enumerable.Range(0, axes).Select(_ => draw.HostileNumber()).ToArray() : [] : draw.Of(Gen.Double[0.3, 3].Array[space]);
        var isGood = spacing.Length == space && spacing.All(mm => mm is > 1e-6 and < 1e6);
        var expected = input.Expected == Expected.Refusal || (ofLabels && TensorForm.Unusable.Contains(form)) ? Expected.Refusal
            : space == 1 || !isGood || (ofCalibration && input.Dtype is ScalarType.Float16 or ScalarType.BFloat16) || (ofLabels && input.Expected == Expected.Value) ? Expected.Either : input.Expected; // Label maps alone may be read as one-hot.
        Tensor? AsGiven(Tensor? logits) => kind == "calibration of probabilities" ? Probabilities(logits, mode) : logits;
        return new($"metrics {kind} {(ofLabels ? $"prediction {form}" : "logits")} spacing [{string.Join(", ", spacing)}]: {input}", expected, () =>
        {
            var inputs = input.Make();
            var metrics = Library.Value(() => Kinds[kind](mode, (int)input.Scene.Classes, spacing));
            if (ofLabels)
            {
                var prediction = tensor(PlainCounts.Prediction(input.Scene with { Logits = inputs.Scene.Logits }), input.Scene.LabelShape);
                var hostile = form.Apply(prediction);
                Library.Call(() => metrics.Add(hostile!, inputs.Labels!));
            }
            else
            {
                var given = AsGiven(inputs.Logits);
                Library.Call(() => metrics.AddLogits(given!, inputs.Labels!));
            }

            if (input.Expected == Expected.Value)
            {
                var plain = Kinds[kind](mode, (int)input.Scene.Classes, spacing);
                plain.AddLogits(AsGiven(inputs.Scene.LogitsTensor())!, inputs.Scene.TargetTensor());
                Compare(metrics.Metrics, plain.Metrics, input.Dtype);
                var isExact = input.Dtype == ScalarType.Float64 || !ofCalibration;
                if (isGood && isExact)
                {
                    MetricOracles.Check(metrics.Metrics, inputs.Scene, spacing);
                }

                plain.AddLogits(AsGiven(inputs.Scene.LogitsTensor())!, inputs.Scene.TargetTensor());
                Compare(MergedWithItsFile(metrics.Metrics, Kinds[kind](mode, (int)input.Scene.Classes, spacing).Metrics), plain.Metrics, input.Dtype);
            }
        });
    }

    /// <summary>An empty one that took over what was saved, and then the same once more.</summary>
    private static SegmentationMetrics MergedWithItsFile(SegmentationMetrics metrics, SegmentationMetrics empty)
    {
        var file = Path.GetTempFileName();
        try
        {
            var type = metrics.GetType();
            object? Call(string method, object? instance, object argument) =>
                Library.Value(() => type.GetMethod(method)!.Invoke(instance, System.Reflection.BindingFlags.DoNotWrapExceptions, null, [argument], null));
            Call("Save", metrics, file);
            Call("Merge", empty, Call("Load", null, file)!);
            Call("Merge", empty, metrics);
            return empty;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What a network would end with; what has none is handed on as it is.</summary>
    private static Tensor? Probabilities(Tensor? logits, SegmentationMode mode) =>
        logits is not { IsInvalid: false } || logits.is_sparse || logits.is_quantized() || !logits.is_floating_point() || logits.dim() < 2 ? logits
            : mode == SegmentationMode.Multiclass ? logits.softmax(1) : logits.sigmoid();

    private static void Compare(SegmentationMetrics actual, SegmentationMetrics plain, ScalarType dtype)
    {
        Library.Ensure(actual.Images == plain.Images, $"expected {plain.Images} images, came {actual.Images}");
        if (actual is CalibrationMetrics one && plain is CalibrationMetrics other)
        {
            Library.EnsureClose(one.BrierScore, other.BrierScore, Math.Max(1e-5, Tolerance.Of(dtype)), "the Brier score of plain tensors");
            return;
        }

        var (text, expected) = (Csv(actual), Csv(plain));
        Library.Ensure(text == expected, $"expected the metrics of plain tensors {Refusal.OnOneLine(expected)}, came {Refusal.OnOneLine(text)}");
    }

    private static string Csv(SegmentationMetrics metrics) => Library.Value(() => new MetricReport(metrics) { WhenEmpty = EmptyPolicies.Monai }.ToCsv());

    private static Accumulator Of<T>(T metrics, Action<T, Tensor, Tensor> addLogits, Action<T, Tensor, Tensor> add)
        where T : SegmentationMetrics => new(metrics, (z, t) => addLogits(metrics, z, t), (p, t) => add(metrics, p, t));

    private sealed record Accumulator(SegmentationMetrics Metrics, Action<Tensor, Tensor> AddLogits, Action<Tensor, Tensor> Add);
}
