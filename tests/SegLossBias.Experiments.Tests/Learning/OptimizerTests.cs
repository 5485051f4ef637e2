using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Optimizer = SegLossBias.Experiments.Learning.Optimizer;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>The program's optimisers against torch's on the same small network and data, and against the formulas in plain numbers.</summary>
public sealed class OptimizerTests
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
    [InlineData(0, 0.999)]
    [InlineData(1e-2, 0.999)]
    [InlineData(1e-2, 0.99)]
    public void Adam_GoesTheWayOfTorchs(double decay, double beta2) => CompareWithTorch(
        parameters => new AdamOptimizer(parameters, decay, beta2) { LearningRate = 1e-2 },
        parameters => optim.Adam(parameters, 1e-2, beta1: 0.9, beta2: beta2, weight_decay: decay));

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1e-2, 0.9, false)]
    [InlineData(1e-2, 0.99, true)]
    public void Sgd_GoesTheWayOfTorchs(double decay, double momentum, bool nesterov) => CompareWithTorch(
        parameters => new SgdOptimizer(parameters, decay, momentum, nesterov) { LearningRate = 1e-2 },
        parameters => optim.SGD(parameters, 1e-2, momentum, weight_decay: decay, nesterov: nesterov));

    [Fact]
    public void Sgd_HasNesterovMomentumAndDecay()
    {
        var (w, velocity) = (1.0, 0.0);
        CompareWithFormula(OptimizerKind.Sgd, _ =>
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
        CompareWithFormula(OptimizerKind.Adam, step =>
        {
            var gradient = (Slope + Decay) * w;
            first = (0.9 * first) + (0.1 * gradient);
            second = (Beta2 * second) + ((1 - Beta2) * gradient * gradient);
            return w -= Rate * first / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(second / (1 - Math.Pow(Beta2, step))) + 1e-8);
        });
    }

    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Sgd)]
    internal void RestoredState_GoesOnAsTheUnbroken(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        var settings = Tiny.Settings(kind, rate: Rate) with { WeightDecay = Decay };
        Parameter[] unbroken = [new(ones(3, ScalarType.Float64))], broken = [new(ones(3, ScalarType.Float64))], resumed = [new(zeros(3, ScalarType.Float64))];
        using var one = OptimizerFactory.Create(settings, unbroken);
        using var before = OptimizerFactory.Create(settings, broken);
        using var after = OptimizerFactory.Create(settings, resumed);
        for (var step = 0; step < 6; step++)
        {
            Step(one, unbroken[0]);
            if (step == 3)
            {
                var saved = before.State().ToDictionary(entry => entry.Name, entry => entry.Value);
                after.Restore(name => saved[name]);
                using var withoutGradient = no_grad();
                resumed[0].copy_(broken[0]);
            }

            Step(step < 3 ? before : after, step < 3 ? broken[0] : resumed[0]);
        }

        resumed[0].data<double>().Should().Equal(unbroken[0].data<double>());
    }

    /// <summary>TorchSharp's own Adam died in this situation after 500 to 4,761 steps.</summary>
    [Fact]
    public void Steps_SurviveCollectionsByAnotherThread()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var optimizer = new AdamOptimizer(network.parameters(), Decay, Beta2) { LearningRate = 1e-3 };
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

        network.parameters().All(parameter => parameter.isfinite().all().item<bool>()).Should().BeTrue();
    }

    private static void CompareWithTorch(Func<IEnumerable<Parameter>, Optimizer> ours, Func<IEnumerable<Parameter>, optim.Optimizer> torchs)
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
    private static void Backward(nn.Module<Tensor, Tensor> network) => network.call(Input).add(MinusGoal, KeptScalars.One).square().mean().backward();

    private static void Step(Optimizer optimizer, Parameter weight)
    {
        optimizer.ZeroGradients();
        (0.5 * Slope * weight.square()).sum().backward();
        optimizer.Step();
    }

    private static void CompareWithFormula(OptimizerKind kind, Func<int, double> expectedAfter)
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(ones(1, ScalarType.Float64));
        using var optimizer = OptimizerFactory.Create(Tiny.Settings(kind, rate: Rate) with { WeightDecay = Decay, AdamBeta2 = Beta2 }, [weight]);
        for (var step = 1; step <= 6; step++)
        {
            Step(optimizer, weight);
            weight.item<double>().Should().BeApproximately(expectedAfter(step), Tolerance);
        }
    }
}
