using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Class weights are numbers: copied once, on no device, changed by nothing.</summary>
public class ClassWeightTests
{
    private static readonly double[] Weights = [0.25, 1, 3];

    /// <summary>Every loss of which some term has a weight.</summary>
    public static TheoryData<string> Weighted => [.. LossFactory.Names.Where(HasWeight)];

    /// <summary>Tensors whose numbers cannot be read on the spot are refused before libtorch tries.</summary>
    [Fact]
    public void TensorWithoutReadableNumbers_IsRefused()
    {
        using var scope = NewDisposeScope();
        var values = tensor((double[])[1, 2, 3]);
        foreach (var (weights, message) in ((Tensor, string)[])[(values.to_sparse(), "*sparse; call to_dense() first*"), (values.to(META), "*meta device*"), (quantize_per_tensor(values.to(ScalarType.Float32), 0.5, 0, ScalarType.QInt8), "*float tensor*QInt8*")])
        {
            FluentActions.Invoking(() => ClassWeights.Of(weights)).Should().Throw<ArgumentException>().WithMessage(message);
        }
    }

    [Fact]
    public void CrossEntropyFocalAndOverlap_HaveWeights_AloneAndInCompounds() =>
        LossFactory.Names.Where(HasWeight).Should().Contain(["CE", "WCE", "Focal", "Dice", "LogDice", "Jaccard", "Tversky", "Poly1", "SCE", "GCE", "TopK", "OHEM", "RFL(KL)", "LogDiceCE", "DBCE"]).And.NotContain(["L1", "SizeBounds"]);

    [Theory]
    [MemberData(nameof(Weighted))]
    public void MovingTheLoss_ChangesNothing(string name)
    {
        using var loss = Create(name, Weights);
        var expected = Value(loss);
        foreach (var dtype in (ScalarType[])[ScalarType.Float64, ScalarType.BFloat16])
        {
            loss.to(dtype).Should().BeSameAs(loss);
            Value(loss).Should().Be(expected, $"the loss was moved to {dtype}");
        }

        Value((SegmentationLoss)loss.to(META)).Should().Be(expected);
        loss.state_dict().Should().BeEmpty();
        loss.parameters().Should().BeEmpty("weights are not learnt");
    }

    [Fact]
    public void WeightsOfATensor_AreACopy()
    {
        using var scope = NewDisposeScope();
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16])
        {
            var weight = tensor(Weights).to(dtype).requires_grad_(true);
            using var loss = new SegmentationLoss(new CrossEntropy { Weight = weight });
            using (no_grad())
            {
                weight.fill_(7);
            }

            weight.Dispose();
            using var expected = new SegmentationLoss(new CrossEntropy { Weight = Weights });
            Value(loss).Should().Be(Value(expected), $"{dtype}");
        }

        ClassWeights.Of(tensor(Weights).flip(0)).Values.Should().Equal(3, 1, 0.25);
    }

    [Fact]
    public void WeightsOfAnArray_AreACopy()
    {
        double[] values = [1, 2, 3];
        var term = new CrossEntropy { Weight = values };
        values[0] = 100;
        term.Weight!.Values.Should().Equal(1, 2, 3);
    }

    [Fact]
    public void Weights_ThatAreNone_AreRefused()
    {
        using var scope = NewDisposeScope();
        var disposed = ones(3);
        disposed.Dispose();
        foreach (var wrong in (Tensor[])[ones(3, 1), ones(3, ScalarType.Int64), tensor([1f, float.NaN, 1]), tensor([1f, -1, 1]), tensor([1f, float.PositiveInfinity, 1]), zeros(0), disposed])
        {
            FluentActions.Invoking(() => ClassWeights.Of(wrong)).Should().Throw<ArgumentException>().WithMessage("class weights must be *");
        }
    }

    /// <summary>What used to end the process: a loss moved while other threads evaluate it.</summary>
    [Fact]
    public void MovingTheLoss_WhileOthersEvaluateIt_IsSafe()
    {
        using var loss = Create("CE", Weights);
        var expected = Value(loss);
        var values = new double[4][];
        using var isDone = new CancellationTokenSource();
        var mover = new Thread(() =>
        {
            for (var turn = 0; !isDone.IsCancellationRequested; turn++)
            {
                loss.to(turn % 2 == 0 ? ScalarType.Float64 : ScalarType.Float32);
            }
        });
        mover.Start();
        Parallel.For(0, values.Length, worker => values[worker] = [.. Enumerable.Range(0, 200).Select(_ => Value(loss))]);
        isDone.Cancel();
        mover.Join();
        values.Should().AllSatisfy(worker => worker.Should().HaveCount(200).And.OnlyContain(value => value == expected));
    }

    private static bool HasWeight(string name)
    {
        using var loss = LossFactory.Create(name);
        return loss.Terms.Any(term => term.Term.GetType().GetProperty("Weight") is not null);
    }

    /// <summary>In a compound of which both terms have weights, those of both.</summary>
    private static SegmentationLoss Create(string name, double[] weight)
    {
        using var loss = LossFactory.Create(name);
        string[] settings = loss.Terms.Count(term => term.Term.GetType().GetProperty("Weight") is not null) == 2 ? ["matching.weight", "penalty.weight"] : ["weight"];
        return LossFactory.Create(name, settings.ToDictionary(setting => setting, _ => (object?)weight));
    }

    private static double Value(SegmentationLoss loss)
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass, ScalarType.Float64);
        return loss.call(logits, target).item<double>();
    }
}
