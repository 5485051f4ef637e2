using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias.Tests.Optimizers;

/// <summary>What an optimizer refuses: parameters and states that are none, numbers out of range, use after its end.</summary>
public sealed class SafeOptimizerErrorTests
{
    [Fact]
    public void AStateThatDoesNotFit_IsRefusedAndChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var small = new SafeAdam([new(ones(3, ScalarType.Float64))], 1e-3);
        var weight = new Parameter(ones(4, ScalarType.Float64));
        using var optimizer = new SafeAdam([weight], 1e-3);
        Step(optimizer, weight);
        var before = optimizer.State()["0.first_moment"].data<double>().ToArray();
        FluentActions.Invoking(() => optimizer.Restore(small.State())).Should().Throw<ArgumentException>().WithMessage("*0.first_moment of the shape [4]*there it is [3]*");
        FluentActions.Invoking(() => optimizer.Restore(new Dictionary<string, Tensor>())).Should().Throw<ArgumentException>().WithMessage("*has steps of the shape [1]*it is not there*");
        optimizer.State()["0.first_moment"].data<double>().Should().Equal(before);
        optimizer.State()["steps"].data<long>().Should().Equal(1);
    }

    /// <summary>Also where the others could be taken over.</summary>
    [Theory]
    [InlineData("sparse", "*there it is sparse*")]
    [InlineData("META", "*there it is on META, without numbers*")]
    [InlineData("complex", "*there it is Complex*")]
    [InlineData("quantised", "*there it is QInt8*")]
    [InlineData("disposed", "*it is not there*")]
    [InlineData("null", "*it is not there*")]
    public void AStateWithoutRealNumbers_IsRefusedAndChangesNothing(string form, string message)
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(ones(4, ScalarType.Float64));
        using var optimizer = new SafeAdam([weight], 1e-3);
        Step(optimizer, weight);
        Dictionary<string, double[]> Numbers() => optimizer.State().ToDictionary(entry => entry.Key, entry => Support.Evaluation.Numbers(entry.Value));
        var before = Numbers();
        before.Keys.Should().Equal("steps", "0.first_moment", "0.second_moment");
        foreach (var name in before.Keys)
        {
            var state = optimizer.State().ToDictionary(entry => entry.Key, entry => zeros_like(entry.Value));
            state[name] = In(form, state[name]);
            FluentActions.Invoking(() => optimizer.Restore(state)).Should().Throw<ArgumentException>().WithMessage($"*has {name} of the shape*").WithMessage(message);
            Numbers().Should().BeEquivalentTo(before);
        }
    }

    [Fact]
    public void ParametersThatAreGone_AreRefused()
    {
        using var scope = NewDisposeScope();
        Parameter live = new(ones(3)), gone = new(ones(3));
        gone.Dispose();
        Refused(() => new SafeAdam([live, null!], 1e-3), "*live parameters*number 1 is null*");
        Refused(() => new SafeSgd([gone, live], 0.1), "*live parameters*number 0 has been disposed*");
        Refused(() => new SafeSgd(null!, 0.1), "*parameters*");
    }

    [Fact]
    public void NumbersOutOfRange_AreRefused()
    {
        using var scope = NewDisposeScope();
        Parameter[] weights = [new(ones(3))];
        Refused(() => new SafeAdam(weights, learningRate: -1), "*learning rate*");
        Refused(() => new SafeAdam(weights, learningRate: double.NaN), "*learning rate*");
        Refused(() => new SafeAdam(weights, 1e-3) { Beta1 = 1 }, "*β₁*");
        Refused(() => new SafeAdam(weights, 1e-3) { Beta2 = -0.1 }, "*β₂*");
        Refused(() => new SafeAdam(weights, 1e-3) { Epsilon = double.PositiveInfinity }, "*ε*");
        Refused(() => new SafeSgd(weights, 0.1) { Momentum = -1 }, "*momentum*");
        Refused(() => new SafeSgd(weights, 0.1) { WeightDecay = -1 }, "*weight decay*");
        Refused(() => new SafeSgd([], 0.1), "*one parameter at least*");
    }

    [Fact]
    public void Disposed_ItIsRefused_AndNoTensorIsLeft()
    {
        using var scope = NewDisposeScope();
        Parameter[] weights = [new(ones(3))];
        var before = Tensor.TotalCount;
        var optimizer = new SafeAdam(weights, 1e-3);
        optimizer.Step();
        optimizer.Dispose();
        optimizer.Dispose();
        Tensor.TotalCount.Should().Be(before);
        foreach (var use in new Action[] { optimizer.Step, optimizer.ZeroGradients, () => optimizer.State() })
        {
            use.Should().Throw<ObjectDisposedException>();
        }
    }

    private static Tensor In(string form, Tensor tensor)
    {
        switch (form)
        {
            case "sparse":
                return tensor.to_sparse();
            case "META":
                return tensor.to(META);
            case "complex":
                return tensor.to(ScalarType.ComplexFloat64);
            case "quantised":
                return quantize_per_tensor(tensor.to(ScalarType.Float32), 0.5, 0, ScalarType.QInt8);
            case "disposed":
                tensor.Dispose();
                return tensor;
            default:
                return null!;
        }
    }

    private static void Refused(Func<SafeOptimizer> make, string message) => make.Should().Throw<ArgumentException>().WithMessage(message);

    private static void Step(SafeOptimizer optimizer, Parameter weight)
    {
        weight.Squared().sum().backward();
        optimizer.Step();
    }
}
