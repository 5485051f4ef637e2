using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Class weights are a copy that moves, is saved and is freed with the loss.</summary>
public class ClassWeightTests
{
    private static readonly float[] Weights = [0.25f, 1, 3];

    public static TheoryData<string> Weighted => ["CE", "WCE", "Focal", "RCE(L1)", "RCE(KL)", "DiceCE", "LogDiceCE", "DBCE"];

    [Theory]
    [MemberData(nameof(Weighted))]
    public void Weights_MoveTwiceAndLeaveTheCallersTensorAlone(string name)
    {
        using var scope = NewDisposeScope();
        var weight = tensor(Weights);
        using var loss = Create(name, weight);
        var expected = Value(loss);
        foreach (var dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64])
        {
            loss.to(dtype).Should().BeSameAs(loss);
            loss.state_dict().Should().ContainSingle().Which.Value.dtype.Should().Be(dtype);
            Value(loss).ShouldBeClose(expected, Tolerance.Identity, $"weights are {dtype}");
        }

        weight.dtype.Should().Be(ScalarType.Float32);
        loss.to(META).state_dict().Should().ContainSingle().Which.Value.device_type.Should().Be(DeviceType.META);
        loss.to(META);
        weight.device_type.Should().Be(DeviceType.CPU);
        FluentActions.Invoking(() => Value(loss)).Should().Throw<ArgumentException>().WithMessage("weight is on meta but the logits are on cpu; move the loss with loss.to(device)*");
        loss.Dispose();
        weight.data<float>().ToArray().Should().Equal(Weights);
    }

    [Theory]
    [MemberData(nameof(Weighted))]
    public void Weights_AreACopy(string name)
    {
        using var scope = NewDisposeScope();
        var weight = tensor(Weights).requires_grad_(true);
        using var loss = Create(name, weight);
        var expected = Value(loss);
        using (no_grad())
        {
            weight.fill_(7);
        }

        weight.Dispose();
        Value(loss).Should().Be(expected);
        loss.parameters().Should().BeEmpty("weights are not learnt");
    }

    [Theory]
    [MemberData(nameof(Weighted))]
    public void Weights_AreFreedWithTheLossAndNotWithAScope(string name)
    {
        using var weight = tensor(Weights);
        LiveHandles.LeftBy(() =>
        {
            SegmentationLoss loss;
            using (NewDisposeScope())
            {
                loss = Create(name, weight);
            }

            double.IsFinite(Value(loss)).Should().Be(true, "the weights outlive the scope in which the loss was built");
            loss.Dispose();
        }).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Weighted))]
    public void State_SavedAndLoaded_GivesTheSame(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = Create(name, tensor(Weights));
        using var other = Create(name, ones(3));
        Value(other).Should().NotBe(Value(loss));
        other.load(Saved(loss));
        Value(other).Should().Be(Value(loss));

        using var third = Create(name, ones(3));
        third.load_state_dict(loss.state_dict());
        Value(third).Should().Be(Value(loss));
    }

    [Theory]
    [MemberData(nameof(Weighted))]
    public void Weights_ThatAreNone_AreRefused(string name)
    {
        using var scope = NewDisposeScope();
        var disposed = ones(3);
        disposed.Dispose();
        foreach (var wrong in (Tensor[])[ones(3, 1), ones(3, ScalarType.Int64), tensor([1f, float.NaN, 1]), tensor([1f, -1, 1]), tensor([1f, float.PositiveInfinity, 1]), disposed])
        {
            FluentActions.Invoking(() => Create(name, wrong)).Should().Throw<ArgumentException>().WithMessage("weight must be *");
        }

        using var tooMany = Create(name, ones(4));
        FluentActions.Invoking(() => Value(tooMany)).Should().Throw<ArgumentException>().WithMessage("weight has 4 entries but the logits have 3 classes*");
    }

    [Fact]
    public void TwoLossesInAModule_KeepTheirStatesApart()
    {
        using var scope = NewDisposeScope();
        using var net = new NetWithLosses(tensor(Weights), tensor((float[])[3, 2, 1]));
        net.state_dict().Should().HaveCount(2);
        net.parameters().Should().BeEmpty();
        var expected = (Value(net.Main), Value(net.Auxiliary));
        net.to(ScalarType.Float64).to(ScalarType.Float32).to(ScalarType.Float64);
        net.state_dict().Values.Should().OnlyContain(value => value.dtype == ScalarType.Float64);
        (Value(net.Main), Value(net.Auxiliary)).Should().Be(expected);

        using var restored = new NetWithLosses(ones(3, ScalarType.Float64), ones(3, ScalarType.Float64));
        restored.load(Saved(net));
        (Value(restored.Main), Value(restored.Auxiliary)).Should().Be(expected);
    }

    private static SegmentationLoss Create(string name, Tensor weight) => LossFactory.Create(name, new LossOptions { Weight = weight });

    private static MemoryStream Saved(nn.Module module)
    {
        var stream = new MemoryStream();
        module.save(stream); // Closes the stream.
        return new MemoryStream(stream.ToArray());
    }

    private static double Value(SegmentationLoss loss)
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass, ScalarType.Float64);
        return loss.call(logits, target).item<double>();
    }

    private sealed class NetWithLosses : nn.Module
    {
        internal NetWithLosses(Tensor main, Tensor auxiliary)
            : base("net")
        {
            Main = ClassWeightTests.Create("RCE(L1)", main);
            Auxiliary = ClassWeightTests.Create("CE", auxiliary);
            register_module("main", Main);
            register_module("auxiliary", Auxiliary);
        }

        internal SegmentationLoss Main { get; }

        internal SegmentationLoss Auxiliary { get; }
    }
}
