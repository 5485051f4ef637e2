using SegLossBias.Tests.Contract;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias.Tests.Optimizers;

/// <summary>The optimizers against torch's on the same small network and data, against the formulas in plain numbers, and beside a busy garbage collector.</summary>
public sealed class SafeOptimizerTests
{
    private const double Rate = 0.1;
    private const double Slope = 0.7;
    private const double Decay = 1e-2;
    private const double Beta2 = 0.99;
    private const int Steps = 40;
    private const double Tolerance = 1e-12;

    private static readonly Tensor Input = tensor([.. Enumerable.Range(0, 30).Select(i => (i / 14.5) - 1)], [10, 3]).DetachFromDisposeScope();
    private static readonly Tensor MinusGoal = Input.square().neg()[.., ..2].DetachFromDisposeScope();

    [Theory]
    [InlineData(0, 0.999, 1e-8)]
    [InlineData(1e-2, 0.999, 1e-3)]
    [InlineData(1e-2, 0.99, 1e-8)]
    public void Adam_GoesTheWayOfTorchs(double decay, double beta2, double epsilon) => CompareWithTorch(
        parameters => new SafeAdam(parameters, 1e-2) { Beta2 = beta2, Epsilon = epsilon, WeightDecay = decay },
        parameters => optim.Adam(parameters, 1e-2, beta1: 0.9, beta2: beta2, eps: epsilon, weight_decay: decay));

    [Fact]
    public void AdamW_GoesTheWayOfTorchs() => CompareWithTorch(
        parameters => new SafeAdam(parameters, 1e-2) { WeightDecay = 0.1, DecouplesDecay = true },
        parameters => optim.AdamW(parameters, 1e-2, weight_decay: 0.1));

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1e-2, 0.9, false)]
    [InlineData(1e-2, 0.99, true)]
    public void Sgd_GoesTheWayOfTorchs(double decay, double momentum, bool nesterov) => CompareWithTorch(
        parameters => new SafeSgd(parameters, 1e-2) { Momentum = momentum, WeightDecay = decay, IsNesterov = nesterov },
        parameters => optim.SGD(parameters, 1e-2, momentum, weight_decay: decay, nesterov: nesterov));

    [Fact]
    public void Sgd_HasNesterovMomentumAndDecay()
    {
        var (w, velocity) = (1.0, 0.0);
        CompareWithFormula(Sgd, _ =>
        {
            var gradient = (Slope + Decay) * w;
            velocity = (0.99 * velocity) + gradient;
            return w -= Rate * (gradient + (0.99 * velocity));
        });
    }

    [Fact]
    public void Adam_HasTheMomentsOfItsPaperAndDecay()
    {
        var (w, first, second) = (1.0, 0.0, 0.0);
        CompareWithFormula(Adam, step =>
        {
            var gradient = (Slope + Decay) * w;
            first = (0.9 * first) + (0.1 * gradient);
            second = (Beta2 * second) + ((1 - Beta2) * gradient * gradient);
            return w -= Rate * first / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(second / (1 - Math.Pow(Beta2, step))) + 1e-8);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RestoredState_GoesOnAsTheUnbroken(bool adam)
    {
        using var scope = NewDisposeScope();
        Parameter[] unbroken = [new(ones(3, ScalarType.Float64))], broken = [new(ones(3, ScalarType.Float64))], resumed = [new(zeros(3, ScalarType.Float64))];
        using SafeOptimizer one = adam ? Adam(unbroken) : Sgd(unbroken);
        using SafeOptimizer before = adam ? Adam(broken) : Sgd(broken);
        using SafeOptimizer after = adam ? Adam(resumed) : Sgd(resumed);
        for (var step = 0; step < 6; step++)
        {
            Step(one, unbroken[0]);
            if (step == 3)
            {
                after.Restore(before.State());
                using var withoutGradient = no_grad();
                resumed[0].copy_(broken[0]);
            }

            Step(step < 3 ? before : after, step < 3 ? broken[0] : resumed[0]);
        }

        resumed[0].data<double>().Should().Equal(unbroken[0].data<double>());
        after.State()["steps"].data<long>().Should().Equal(6);
    }

    /// <summary>As torch's, a parameter counts its own steps: one that is trained later has the corrections of a first step then.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AParameterWithoutAGradient_IsLeftAndCountsNoStep(bool adam)
    {
        using var scope = NewDisposeScope();
        Parameter[] ours = [new(ones(1, ScalarType.Float64)), new(ones(1, ScalarType.Float64))], torchs = [new(ones(1, ScalarType.Float64)), new(ones(1, ScalarType.Float64))];
        using SafeOptimizer optimizer = adam ? new SafeAdam(ours, Rate) : new SafeSgd(ours, Rate) { Momentum = 0.9 };
        using var reference = adam ? optim.Adam(torchs, Rate) : (optim.Optimizer)optim.SGD(torchs, Rate, 0.9);
        for (var step = 0; step < 6; step++)
        {
            foreach (var parameters in new[] { ours, torchs })
            {
                var late = step < 3 ? zeros(1, ScalarType.Float64) : parameters[1].square();
                parameters[0].square().Plus(late).sum().backward();
            }

            optimizer.Step();
            reference.step();
        }

        double[] Values(Parameter[] parameters) => [.. parameters.Select(parameter => parameter.item<double>())];
        Values(ours).ShouldAllBeClose(Values(torchs), Tolerance);
        optimizer.State()["steps"].data<long>().Should().Equal(6, 3);
    }

    [Fact]
    public void WithoutMomentum_SgdKeepsNothing()
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(ones(3, ScalarType.Float64));
        using var optimizer = new SafeSgd([weight], 0.5);
        Step(optimizer, weight);
        weight.data<double>().Should().OnlyContain(value => Math.Abs(value - (1 - (0.5 * Slope))) < Tolerance);
        optimizer.State().Keys.Should().Equal("steps");
    }

    /// <summary>What TorchSharp's zero_ returns is a new handle to the gradient.</summary>
    [Fact]
    public void ZeroGradients_LeavesNoHandle()
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(ones(4, ScalarType.Float64));
        using var optimizer = Adam([weight]);
        weight.Squared().sum().backward();
        LiveHandles.LeftBy(optimizer.ZeroGradients).Should().Be(0);
        weight.grad!.data<double>().Should().Equal(0, 0, 0, 0);
    }

    /// <summary>TorchSharp's own Adam died in this situation after 500 to 4,761 steps. What surely fails without is TemporaryScalarTests.</summary>
    [Fact]
    public void Steps_SurviveCollectionsByAnotherThread()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var optimizer = new SafeAdam(network.parameters(), 1e-3) { WeightDecay = Decay };
        var done = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                _ = new byte[100_000];
                GC.Collect(0);
            }
        });
        collector.Start();
        try
        {
            for (var step = 0; step < 1000; step++)
            {
                using var inner = NewDisposeScope();
                Backward(network);
                optimizer.Step();
                optimizer.ZeroGradients();
            }
        }
        finally
        {
            Volatile.Write(ref done, true);
            collector.Join();
        }

        network.parameters().Select(parameter => parameter.isfinite().all().item<bool>()).Should().OnlyContain(finite => finite);
        optimizer.State()["steps"].data<long>().Should().OnlyContain(steps => steps == 1000);
    }

    private static SafeAdam Adam(Parameter[] parameters) => new(parameters, Rate) { Beta2 = Beta2, WeightDecay = Decay };

    private static SafeSgd Sgd(Parameter[] parameters) => new(parameters, Rate) { Momentum = 0.99, WeightDecay = Decay, IsNesterov = true };

    private static void CompareWithTorch(Func<IEnumerable<Parameter>, SafeOptimizer> ours, Func<IEnumerable<Parameter>, optim.Optimizer> torchs)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var one = Network();
        using var other = Network();
        other.load_state_dict(one.state_dict());
        var start = one.parameters().First().detach().clone();
        using var optimizer = ours(one.parameters());
        using var reference = torchs(other.parameters());
        for (var step = 0; step < Steps; step++)
        {
            optimizer.ZeroGradients();
            reference.zero_grad();
            Backward(one);
            Backward(other);
            optimizer.Step();
            reference.step();
        }

        (one.parameters().First() - start).abs().max().item<double>().Should().BeGreaterThan(0.01, "it must have gone somewhere");
        foreach (var (parameter, expected) in one.parameters().Zip(other.parameters()))
        {
            (parameter - expected).abs().max().item<double>().Should().BeLessThan(Tolerance);
        }
    }

    private static nn.Module<Tensor, Tensor> Network()
    {
        var network = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2));
        network.to(ScalarType.Float64);
        return network;
    }

    /// <summary>A regression whose data are always the same. No operation here makes a temporary Scalar: the collector could free it.</summary>
    private static void Backward(nn.Module<Tensor, Tensor> network) => network.call(Input).Plus(MinusGoal).Squared().mean().backward();

    private static void Step(SafeOptimizer optimizer, Parameter weight)
    {
        optimizer.ZeroGradients();
        weight.Squared().Times(0.5 * Slope).sum().backward();
        optimizer.Step();
    }

    private static void CompareWithFormula(Func<Parameter[], SafeOptimizer> make, Func<int, double> expectedAfter)
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(ones(1, ScalarType.Float64));
        using var optimizer = make([weight]);
        for (var step = 1; step <= 6; step++)
        {
            Step(optimizer, weight);
            weight.item<double>().Should().BeApproximately(expectedAfter(step), Tolerance);
        }
    }
}
