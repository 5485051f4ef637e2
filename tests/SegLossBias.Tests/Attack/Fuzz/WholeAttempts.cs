namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>What stands above a loss: parts of a batch, outputs of several sizes, several heads. Against the loss itself.</summary>
internal static class WholeAttempts
{
    internal static Attempt Make(Draw draw)
    {
        var row = draw.One(LossTable.All.Where(row => row.Reads == Reads.Labels).ToArray());
        var mode = draw.One(Enum.GetValues<SegmentationMode>());
        var input = HostileInput.Of(draw, mode, row);
        return draw.Int(0, 2) switch
        {
            0 => Accumulated(draw, row, input),
            1 => Supervised(draw, row, input),
            _ => Heads(draw, row, input),
        };
    }

    private static Attempt Accumulated(Draw draw, LossCase row, HostileInput input)
    {
        var way = draw.One(["", "", "numbered", "machines", "sum that throws", "wrong numbers", "too few numbers", "negative images", "no images", "no channel"]);
        var isWrong = way is "sum that throws" or "wrong numbers" or "too few numbers" or "negative images" or "no images" or "no channel";
        return new($"accumulated {way} {row.Name}: {input}", row.IsOfPixels || isWrong ? Expected.Refusal : input.Expected, () => Accumulate(row, input, way));
    }

    private static void Accumulate(LossCase row, HostileInput input, string way)
    {
        using var loss = row.Create(input.Scene.Mode, Scene.Ignore);
        var inputs = input.Make();
        var images = input.Scene.Images;
        using var whole = Library.Held(() => way switch
        {
            "machines" or "sum that throws" or "no channel" => new AccumulatedLoss(loss, images),
            "negative images" => new AccumulatedLoss(loss, -1),
            "no images" => new AccumulatedLoss(loss, 0),
            _ => new AccumulatedLoss(loss),
        });
        long[]? numbers = way switch
        {
            "numbered" or "machines" or "sum that throws" => [.. Enumerable.Range(0, (int)images).Select(image => (long)image)],
            "wrong numbers" => [.. Enumerable.Range(0, (int)images).Select(image => image - 1L)],
            "too few numbers" => [.. Enumerable.Range(1, (int)images - 1).Select(image => (long)image)],
            _ => null,
        };
        try
        {
            var target = inputs.Target();
            AddTo(whole, inputs.Logits!, target, numbers);
        }
        catch (RefusedException)
        {
            // What was refused has left no trace: the batch goes on without it.
            if (way != "no images")
            {
                Check(row, whole, new Inputs { Scene = input.Scene, Logits = input.Scene.LogitsTensor(), Labels = Labels(input.Scene) }, isAdded: false, Tolerance.Of(ScalarType.Float64));
            }

            throw;
        }

        if (way is "machines" or "sum that throws" or "no channel")
        {
            Held(() => whole.AddEmpty(way == "no channel" ? 0 : (int)input.Scene.Classes));
            try
            {
                Reduce(whole, throws: way == "sum that throws");
            }
            catch (RefusedException exception) when (exception.InnerException is UserException)
            {
                CheckAfterAThrow();
                throw;
            }
        }

        CheckWhole();

        void CheckWhole()
        {
            if (input.Expected == Expected.Value)
            {
                Check(row, whole, inputs, isAdded: true, input.Dtype == ScalarType.Float64 && input.IsModerate ? Tolerance.Of(ScalarType.Float64) : Tolerance.Of(ScalarType.Float32));
            }
        }

        // Nothing that the sum wrote before it threw has remained. A refusal of what comes now is not the one that is expected.
        void CheckAfterAThrow()
        {
            try
            {
                Reduce(whole, throws: false);
                CheckWhole();
            }
            catch (RefusedException exception)
            {
                throw new WrongException($"expected the sum to be possible again after it threw, came {Refusal.OnOneLine(exception.Message)}");
            }
        }
    }

    /// <summary>The sum over one machine; or one that throws when it has written half of the numbers.</summary>
    private static void Reduce(AccumulatedLoss whole, bool throws) => Held(() => whole.AllReduce(sums =>
    {
        if (throws)
        {
            sums[..((sums.Length + 1) / 2)].Fill(-7);
            throw new UserException();
        }
    }));

    /// <summary>The accumulated loss keeps its sums in a tensor.</summary>
    private static void AddTo(AccumulatedLoss whole, Tensor logits, SegmentationTarget target, IReadOnlyList<long>? images = null) => Held(() => whole.Add(logits, target, images));

    private static void Held(Action call) => Library.Held<object?>(() =>
    {
        call();
        return null;
    });

    private static void Check(LossCase row, AccumulatedLoss whole, Inputs inputs, bool isAdded, double tolerance)
    {
        using var loss = row.Create(inputs.Scene.Mode, Scene.Ignore);
        var leaf = inputs.Logits!.detach().requires_grad_(true);
        var target = inputs.Target();
        if (!isAdded)
        {
            AddTo(whole, leaf, target);
        }

        using var terms = Library.Held(whole.Complete);
        using var share = Library.Held(() => whole.Share(leaf, target));
        Library.Ensure(whole.PartsLeft == 0, $"expected no part left, there are {whole.PartsLeft}");
        Library.EnsureClose(whole.PassDifference, 0, 1e-6, "no difference of the passes");
        Library.Call(() => share.backward());
        var (values, gradient) = Evaluation.Run(loss, leaf, target);
        Library.EnsureClose(Evaluation.Numbers(terms.Total)[0], values[0], tolerance, "the value of the whole batch");
        Library.EnsureClose(Evaluation.Numbers(leaf.grad!), gradient, Math.Max(tolerance, leaf.dtype == ScalarType.Float64 ? 0 : Tolerance.Of(leaf.dtype)), "the gradient of the whole batch");
    }

    private static Attempt Supervised(Draw draw, LossCase row, HostileInput input)
    {
        var way = draw.One(["call", "call", "breakdown", "targets", "breakdown of targets", "one target", "no output", "null output", "null list"]);
        var isWrong = way is "one target" or "no output" or "null output" or "null list";
        var mayFit = !way.Contains("targets", StringComparison.Ordinal) && input.Fault.Name.EndsWith("one column more", StringComparison.Ordinal) && !input.Fault.Name.StartsWith("weights", StringComparison.Ordinal);
        return new($"deep supervision {way} {row.Name}: {input}", isWrong ? Expected.Refusal : mayFit ? Expected.Either : input.Expected, () => Supervise(row, input, way));
    }

    private static void Supervise(LossCase row, HostileInput input, string way)
    {
        using var loss = row.Create(input.Scene.Mode, Scene.Ignore);
        var inputs = input.Make();
        var supervision = Library.Value(() => new DeepSupervision(loss) { Weights = [1, 0.5] });
        var coarse = input.Scene.LogitsTensor(input.Dtype);
        coarse = coarse.slice(-1, 0, coarse.shape[^1], 2).contiguous();
        var target = inputs.Target();
        SegmentationTarget ofCoarse = Labels(input.Scene) is var labels ? labels.slice(-1, 0, labels.shape[^1], 2).contiguous() : null!;
        SegmentationTarget[] targets = way == "one target" ? [target] : [target, ofCoarse];
        Tensor[] outputs = way switch { "no output" => [], "null output" => [inputs.Logits!, null!], "null list" => null!, _ => [inputs.Logits!, coarse] };
        double total;
        if (way.StartsWith("breakdown", StringComparison.Ordinal))
        {
            using var breakdown = Library.Held(() => way == "breakdown" ? supervision.Breakdown(outputs, target) : supervision.Breakdown(outputs, targets));
            total = Evaluation.Numbers(breakdown.Total)[0];
        }
        else
        {
            using var value = Library.Call(() => way is "targets" or "one target" ? supervision.call(outputs, targets) : supervision.call(outputs, target));
            total = Evaluation.Numbers(value)[0];
        }

        if (input.Expected == Expected.Value)
        {
            // Nearest-exact takes column ⌊(i + ½)·n/m⌋; with every second column of n that is 1, 3, … where n is even.
            var (logits, plain) = (inputs.Scene.LogitsTensor(input.Dtype), Plain(inputs).Target());
            var expected = way.Contains("targets", StringComparison.Ordinal)
                ? (Evaluation.Numbers(loss.call(logits, plain))[0] + (0.5 * Evaluation.Numbers(loss.call(coarse, ofCoarse))[0])) / 1.5
                : Evaluation.Numbers(supervision.call([logits, coarse], plain))[0];
            Library.EnsureClose(total, expected, Tolerance.Of(input.Dtype == ScalarType.Float64 ? input.Dtype : ScalarType.Float32), "the value of plain tensors");
        }
    }

    private static Attempt Heads(Draw draw, LossCase row, HostileInput input)
    {
        var fault = draw.One(["", "", "", "no logits", "no target", "null", "one head too many"]);
        var expected = fault is "no logits" or "no target" or "null" ? Expected.Refusal : fault.Length > 0 && input.Expected == Expected.Value ? Expected.Either : input.Expected;
        return new($"heads {row.Name} {fault}: {input}", expected, () =>
        {
            using var loss = row.Create(input.Scene.Mode, Scene.Ignore);
            var inputs = input.Make();
            var heads = Library.Value(() => new MultiHeadLoss(new LossHead("a", loss), new LossHead("b", loss, 0.5)));
            var target = inputs.Target();
            var logits = new Dictionary<string, Tensor> { ["a"] = inputs.Logits!, ["b"] = input.Scene.LogitsTensor(input.Dtype) };
            var targets = new Dictionary<string, SegmentationTarget> { ["a"] = target, ["b"] = Labels(input.Scene) };
            _ = fault switch
            {
                "no logits" => logits.Remove("b"),
                "no target" => targets.Remove("a"),
                "one head too many" => logits.TryAdd("c", logits["b"]),
                _ => false,
            };
            using var value = Library.Call(() => heads.call(fault == "null" ? null! : logits, targets));
            using (var breakdown = Library.Held(() => heads.Breakdown(logits, targets)))
            {
                Library.EnsureClose(Evaluation.Numbers(breakdown.Total)[0], Evaluation.Numbers(value)[0], 0, "the value in the breakdown");
            }

            if (expected == Expected.Value)
            {
                var sum = Evaluation.Numbers(loss.call(inputs.Logits!, target))[0] + (0.5 * Evaluation.Numbers(loss.call(logits["b"], targets["b"]))[0]);
                Library.EnsureClose(Evaluation.Numbers(value)[0], sum, Tolerance.Of(ScalarType.Float32), "the sum of the heads");
            }
        });
    }

    private static Tensor Labels(Scene scene) => scene.Soft is { } soft ? tensor(soft, scene.Shape) : scene.TargetTensor();

    private static Inputs Plain(Inputs inputs) => new() { Scene = inputs.Scene, Labels = Labels(inputs.Scene), Weights = inputs.Weights };
}
