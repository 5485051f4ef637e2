using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Tests.Learning.Networks;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("UNet", new[] { 8, 8 }, new[] { 16, 16 })]
    [InlineData("UNet", new[] { 12, 20 }, new[] { 16, 32, 16 })]
    [InlineData("UNet", new[] { 7, 5 }, new[] { 16 })]
    [InlineData("Fpn", new[] { 8, 8 }, new[] { 16, 32 })]
    [InlineData("Fpn", new[] { 16, 24 }, new[] { 16, 16, 32, 16 })]
    [InlineData("UNet3d", new[] { 4, 6, 8 }, new[] { 16, 32 })]
    [InlineData("UNet3d", new[] { 8, 4, 8 }, new[] { 16, 16, 16 })]
    internal void Logits_HaveTheInputsSize_AndEveryParameterAGradient(string kind, int[] size, int[] widths)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var network = NetworkFactory.Create(Settings(kind, size, widths), channels: 2, classes: 3);
        long[] space = [.. size.Select(length => (long)length)];
        var logits = network.call(randn([2, 2, .. space]));
        logits.shape.Should().Equal([2, 3, .. space]);

        (logits * randn_like(logits)).sum().backward();
        foreach (var (name, parameter) in network.named_parameters())
        {
            var largest = parameter.grad!.abs().max().item<float>();
            largest.Should().BeGreaterThan(0, "{0} takes part", name).And.BeLessThan(float.PositiveInfinity);
        }
    }

    /// <summary>Guards against the convolutions whose float32 gradients are wrong on some CPUs.</summary>
    [Theory]
    [InlineData("UNet", new[] { 16, 16 }, new[] { 16, 32, 16 })]
    [InlineData("Fpn", new[] { 16, 16 }, new[] { 16, 32, 48 })]
    [InlineData("UNet3d", new[] { 8, 8, 8 }, new[] { 16, 32 })]
    internal void Gradients_AreThoseOfDoublePrecision(string kind, int[] size, int[] widths)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var network = NetworkFactory.Create(Settings(kind, size, widths), channels: 1, classes: 2);
        var input = randn([2, 1, .. size.Select(length => (long)length)]);
        var upstream = randn([2, 2, .. size.Select(length => (long)length)]);
        var single = Gradients(network, input, upstream);
        network.zero_grad();
        network.to(ScalarType.Float64);
        var exact = Gradients(network, input, upstream);
        foreach (var (name, gradient) in single)
        {
            var error = (gradient - exact[name]).norm().item<double>() / exact[name].norm().item<double>();
            error.Should().BeLessThan(1e-3, "{0} is computed in float32", name);
        }
    }

    [Theory]
    [InlineData("UNet", new[] { 64, 64 }, new[] { 16, 24 }, "multiple of 16")]
    [InlineData("UNet", new[] { 64, 64 }, new[] { 16, 0 }, "multiple of 16")]
    [InlineData("UNet", new[] { 64, 64 }, new int[0], "widths")]
    [InlineData("UNet", new[] { 64, 60 }, new[] { 16, 16, 16, 16 }, "multiple of 8")]
    [InlineData("UNet", new[] { 4, 0 }, new[] { 16 }, "multiple of 1")]
    [InlineData("UNet", new[] { 4, 4 }, new[] { 16, 16, 16 }, "single pixel")]
    [InlineData("UNet", new[] { 8, 8, 8 }, new[] { 16, 16 }, "use UNet3d")]
    [InlineData("UNet3d", new[] { 8, 8 }, new[] { 16, 16 }, "use Fpn or UNet,")]
    [InlineData("Fpn", new[] { 8, 8 }, new[] { 16 }, "2 widths")]
    internal void WhatDoesNotFit_IsAUserError(string kind, int[] size, int[] widths, string says)
    {
        var check = () => NetworkFactory.Check(Settings(kind, size, widths));
        check.Should().Throw<UserError>().Where(error => error.ExitCode == UserError.BadUsage && error.Message.Contains(says));
    }

    private static Dictionary<string, Tensor> Gradients(Module<Tensor, Tensor> network, Tensor input, Tensor upstream)
    {
        var type = network.parameters().First().dtype;
        (network.call(input.to(type)) * upstream.to(type)).sum().backward();
        return network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!.to(ScalarType.Float64).clone());
    }

    private static ExperimentSettings Settings(string kind, int[] size, int[] widths) =>
        Tiny.Settings() with { Network = kind, Size = size, Widths = widths };
}
