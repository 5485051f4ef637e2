using SegLossBias.Tests.Attack.Fuzz;
using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Attack.Soak;

/// <summary>
/// One thread with a model of its own: logits = w ⊙ x + b. Each step makes another loss, trains by it and drops it, value and
/// all. Sums and gradient descent by kept scalars: TorchSharp's a + b and its optimisers make temporary ones, which a collection
/// can free while native code reads them. With a + b here a run of 8 threads ended after 6,000 steps.
/// </summary>
internal sealed class SoakModel(int number)
{
    private static readonly Scalar MinusRate = (-1e-3).ToScalar();

    private readonly Random _random = new(number);

    /// <summary>One step; throws where a value is not finite.</summary>
    /// <returns>How many tensors it has left on this thread, which should be none.</returns>
    internal long Step(long step) => LiveHandles.LeftBy(() =>
    {
        var row = LossTable.All[(int)((step + number) % LossTable.All.Count)];
        var mode = (SegmentationMode)(step / LossTable.All.Count % 3);
        var kind = row.Reads == Reads.Instances ? "weights" : step % 4 == 0 ? "soft" : "hard";
        var scene = RichScenes.Make(Scenes.Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, 8 + (step % 5), 16], _random.Next(), ignored: 0.1), kind);
        using var scope = NewDisposeScope();
        using var loss = row.Create(mode, Scene.Ignore);
        var (features, target) = (scene.LogitsTensor(ScalarType.Float32), scene.Target(ScalarType.Float32));
        var (weight, bias) = (ones([scene.Classes, 1, 1], ScalarType.Float32, requires_grad: true), zeros([scene.Classes, 1, 1], ScalarType.Float32, requires_grad: true));
        for (var repeat = 0; repeat < 2; repeat++)
        {
            var value = loss.call(weight.mul(features).Plus(bias), target);
            value.backward();
            var number = Evaluation.Numbers(value)[0];
            Library.Ensure(double.IsFinite(number), FormattableString.Invariant($"expected finite values, {row.Name} {mode} gave {number} in step {step}"));
            using var none = no_grad();
            foreach (var parameter in (Tensor[])[weight, bias])
            {
                parameter.add_(parameter.grad!, MinusRate);
                parameter.grad!.zero_();
            }
        }
    });
}
