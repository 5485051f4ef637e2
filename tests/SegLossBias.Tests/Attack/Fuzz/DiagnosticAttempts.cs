namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>What looks into a loss: breakdowns, losses of pixels, decompositions, diagnostics, balanced λ. Against the same with plain tensors.</summary>
internal static class DiagnosticAttempts
{
    private static readonly string[] Kinds = ["breakdown", "pixels", "decomposition", "diagnostics", "sizes", "balanced λ"];

    internal static Attempt Make(Draw draw)
    {
        var kind = draw.One(Kinds);
        var mode = draw.One(Enum.GetValues<SegmentationMode>());
        var row = draw.One(LossTable.All.Where(row => row.Reads == Reads.Labels && (kind != "pixels" || row.Numerators is [Numerator.Pixel])).ToArray());
        var input = HostileInput.Of(draw, mode, row);
        var surroundings = draw.OneIn(2) ? Surroundings.Plain : draw.One(Surroundings.All.Where(around => around.HasGradients).ToArray());
        var expected = input.Expected == Expected.Value && (kind is "pixels" or "balanced λ" || (row.IsOfPixels && kind != "breakdown")) ? Expected.Either : input.Expected;
        return new($"{kind} {row.Name}, {surroundings}: {input}", expected, () =>
        {
            var inputs = input.Make();
            surroundings.Around(() =>
            {
                var target = inputs.Target();
                var actual = Numbers(kind, row, mode, inputs.Logits!, target);
                if (input.Expected == Expected.Value)
                {
                    var labels = inputs.Scene.Soft is { } soft ? tensor(soft, inputs.Scene.Shape, device: CPU) : tensor(inputs.Scene.Labels, inputs.Scene.LabelShape, device: CPU);
                    var plain = new Inputs { Scene = inputs.Scene, Labels = labels, Weights = inputs.Weights };
                    var logits = tensor(inputs.Scene.Logits, inputs.Scene.Shape, device: CPU).to(input.Dtype);
                    Library.EnsureClose(actual, Numbers(kind, row, mode, logits, plain.Target()), Tolerance.Of(input.Dtype == ScalarType.Float64 ? input.Dtype : ScalarType.Float32), $"the {kind} of plain tensors");
                }
            });
        });
    }

    private static double[] Numbers(string kind, LossCase row, SegmentationMode mode, Tensor logits, SegmentationTarget target)
    {
        using var loss = row.Create(mode, Scene.Ignore);
        switch (kind)
        {
            case "breakdown":
                using (var breakdown = Library.Held(() => loss.Breakdown(logits, target)))
                {
                    _ = Library.Value(breakdown.ToString);
                    return [.. Evaluation.Numbers(breakdown.Total), .. breakdown.Parts.SelectMany(part => Evaluation.Numbers(part.Weighted))];
                }

            case "pixels":
                using (var values = Library.Call(() => loss.PerPixel(logits, target)))
                {
                    return Evaluation.Numbers(values);
                }

            case "decomposition":
                var parts = Library.Value(() => LossDecomposition.Of(logits, target, mode, Scene.Ignore));
                _ = Library.Value(parts.ToString);
                return [parts.CrossEntropy, parts.CrossEntropyMatching, parts.LogDice, parts.LogDiceSizeBias];

            case "balanced λ":
                var balance = new BalancedLambda();
                using (var balanced = new SegmentationLoss(new LossSum([.. loss.Terms, new WeightedTerm(balance.Schedule, new RegionSizeL1())])) { Mode = mode, IgnoreIndex = Scene.Ignore })
                {
                    Library.Call(() =>
                    {
                        balance.Step(balanced, logits, target);
                    });
                    return [balance.Value];
                }

            default:
                var diagnostics = new RegionSizeDiagnostics();
                Library.Call(() =>
                {
                    if (kind == "sizes")
                    {
                        diagnostics.AddSizes(loss, logits, target);
                    }
                    else
                    {
                        diagnostics.Add(loss, logits, target);
                    }
                });
                _ = Library.Value(diagnostics.ToString);
                return [.. diagnostics.Sizes.SelectMany(bin => (double[])[bin.Images, bin.TrueProportion, bin.PredictedProportion]), .. kind == "sizes" ? [] : diagnostics.Gradients.Select(term => term.Norm)];
        }
    }
}
