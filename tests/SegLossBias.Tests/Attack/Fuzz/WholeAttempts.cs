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
            0 => new($"accumulated {row.Name}: {input}", row.IsOfPixels ? Expected.Refusal : input.Expected, () => Accumulate(row, input)),
            1 => new($"deep supervision {row.Name}: {input}", input.Fault.Name.EndsWith("one column more", StringComparison.Ordinal) && !input.Fault.Name.StartsWith("weights", StringComparison.Ordinal) ? Expected.Either : input.Expected, () => Supervise(row, input)),
            _ => Heads(draw, row, input),
        };
    }

    private static void Accumulate(LossCase row, HostileInput input)
    {
        using var loss = row.Create(input.Scene.Mode, Scene.Ignore);
        var inputs = input.Make();
        using var whole = Library.Held(() => new AccumulatedLoss(loss));
        try
        {
            var target = inputs.Target();
            AddTo(whole, inputs.Logits!, target);
        }
        catch (RefusedException)
        {
            // What was refused has left no trace: the batch goes on without it.
            Check(row, whole, new Inputs { Scene = input.Scene, Logits = input.Scene.LogitsTensor(), Labels = Labels(input.Scene) }, isAdded: false, Tolerance.Of(ScalarType.Float64));
            throw;
        }

        if (input.Expected == Expected.Value)
        {
            Check(row, whole, inputs, isAdded: true, input.Dtype == ScalarType.Float64 && input.IsModerate ? Tolerance.Of(ScalarType.Float64) : Tolerance.Of(ScalarType.Float32));
        }
    }

    /// <summary>The accumulated loss keeps its sums in a tensor.</summary>
    private static void AddTo(AccumulatedLoss whole, Tensor logits, SegmentationTarget target) => Library.Held<object?>(() =>
    {
        whole.Add(logits, target);
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
        Library.Call(() => share.backward());
        var (values, gradient) = Evaluation.Run(loss, leaf, target);
        Library.EnsureClose(Evaluation.Numbers(terms.Total)[0], values[0], tolerance, "the value of the whole batch");
        Library.EnsureClose(Evaluation.Numbers(leaf.grad!), gradient, Math.Max(tolerance, leaf.dtype == ScalarType.Float64 ? 0 : Tolerance.Of(leaf.dtype)), "the gradient of the whole batch");
    }

    private static void Supervise(LossCase row, HostileInput input)
    {
        using var loss = row.Create(input.Scene.Mode, Scene.Ignore);
        var inputs = input.Make();
        var supervision = Library.Value(() => new DeepSupervision(loss) { Weights = [1, 0.5] });
        var coarse = input.Scene.LogitsTensor(input.Dtype);
        coarse = coarse.slice(-1, 0, coarse.shape[^1], 2).contiguous();
        var target = inputs.Target();
        using var value = Library.Call(() => supervision.call([inputs.Logits!, coarse], target));
        if (input.Expected == Expected.Value)
        {
            // Nearest-exact takes column ⌊(i + ½)·n/m⌋; with every second column of n that is 1, 3, … where n is even.
            using var again = supervision.call([inputs.Scene.LogitsTensor(input.Dtype), coarse], Plain(inputs).Target());
            Library.EnsureClose(Evaluation.Numbers(value)[0], Evaluation.Numbers(again)[0], Tolerance.Of(input.Dtype == ScalarType.Float64 ? input.Dtype : ScalarType.Float32), "the value of plain tensors");
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
