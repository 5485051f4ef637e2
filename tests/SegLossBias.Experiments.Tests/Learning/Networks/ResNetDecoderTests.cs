using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning.Networks;

/// <summary>Feature pyramid and U-Net on a ResNet.</summary>
public sealed class ResNetDecoderTests
{
    /// <summary>Weights that libtorch has left as they were in memory would be neither 1 nor 0.</summary>
    [Fact]
    public void Normalisations_BeginAsTheIdentity()
    {
        using var network = Network("Fpn", EncoderKind.ResNet18, [64, 64]);
        var norms = network.named_parameters().Where(entry => !entry.name.StartsWith("encoder", StringComparison.Ordinal) && entry.parameter.Dimensions == 1).ToArray();
        norms.Count(entry => entry.name.EndsWith("weight", StringComparison.Ordinal)).Should().Be(7, "there are 1 + 1 + 2 + 3 group normalisations");
        foreach (var (name, parameter) in norms)
        {
            var wanted = name.EndsWith("weight", StringComparison.Ordinal) ? 1f : 0f;
            parameter.eq(wanted).all().item<bool>().Should().BeTrue(name);
        }
    }

    /// <summary>
    /// What segmentation_models.pytorch counts with 1 class: FPN 23,155,393 and U-Net 24,436,369, of which ours has a head of
    /// 1×1 instead of 3×3, 16 · 8 less.
    /// </summary>
    [Theory]
    [InlineData("Fpn", new[] { 256, 128 }, 23_155_393)]
    [InlineData("UNet", new[] { 256, 128, 64, 32, 16 }, 24_436_369 - (16 * 8))]
    public void Parameters_AreAsManyAsInTheReference(string kind, int[] widths, long parameters)
    {
        using var network = Network(kind, EncoderKind.ResNet34, widths, outputs: 1);
        network.parameters().Sum(parameter => parameter.numel()).Should().Be(parameters);
    }

    [Theory]
    [InlineData("Fpn", EncoderKind.ResNet18, new[] { 64, 64 })]
    [InlineData("Fpn", EncoderKind.ResNet50, new[] { 32, 32 })]
    [InlineData("UNet", EncoderKind.ResNet18, new[] { 64, 32, 32, 16, 16 })]
    [InlineData("UNet", EncoderKind.ResNet34, new[] { 32, 16, 16, 16, 16 })]
    internal void Logits_HaveTheInputsSize_AndEveryParameterAGradient(string kind, EncoderKind encoder, int[] widths)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var network = Network(kind, encoder, widths);
        var logits = network.call(randn(2, 3, 64, 96));
        logits.shape.Should().Equal(2, 2, 64, 96);
        (logits * randn_like(logits)).sum().backward();
        foreach (var (name, parameter) in network.named_parameters())
        {
            parameter.grad!.abs().max().item<float>().Should().BeGreaterThan(0, "{0} takes part", name).And.BeLessThan(float.PositiveInfinity);
        }
    }

    /// <summary>Guards against the convolutions whose float32 gradients are wrong on some CPUs.</summary>
    [Theory]
    [InlineData("Fpn", new[] { 64, 64 })]
    [InlineData("UNet", new[] { 64, 32, 32, 16, 16 })]
    public void Gradients_AreThoseOfDoublePrecision(string kind, int[] widths)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var network = Network(kind, EncoderKind.ResNet18, widths);
        foreach (var (_, dropout) in network.named_children().Where(child => child.name == "dropout"))
        {
            dropout.eval();
        }

        var (input, upstream) = (randn(4, 3, 64, 64), randn(4, 2, 64, 64));
        var single = Gradients(network, input, upstream);
        network.zero_grad();
        network.to(ScalarType.Float64);
        var exact = Gradients(network, input.to(ScalarType.Float64), upstream.to(ScalarType.Float64));
        foreach (var (name, gradient) in single)
        {
            var error = (gradient - exact[name]).norm().item<double>() / exact[name].norm().item<double>();
            error.Should().BeLessThan(1e-3, "{0} is computed in float32", name);
        }
    }

    [Fact]
    public void TheSameSeed_GivesTheSameWeights_AndAnotherSeedAnotherDecoder()
    {
        float[] Weights(int seed)
        {
            using var scope = NewDisposeScope();
            random.manual_seed(seed);
            using var network = Network("Fpn", EncoderKind.ResNet18, [32, 32], weights: ExperimentSettings.ImageNetWeights);
            return network.state_dict()["heads.0.0.weight"].data<float>().ToArray();
        }

        Weights(1).Should().Equal(Weights(1)).And.NotEqual(Weights(2));
    }

    [Theory]
    [InlineData("Fpn", EncoderKind.ResNet18, new[] { 64 }, new[] { 64, 64 }, "64,64")]
    [InlineData("Fpn", EncoderKind.ResNet18, new[] { 64, 48 }, new[] { 64, 64 }, "multiple of 32")]
    [InlineData("Fpn", EncoderKind.ResNet18, new[] { 64, 64 }, new[] { 64, 48 }, "multiple of 32")]
    [InlineData("UNet", EncoderKind.ResNet18, new[] { 64, 64 }, new[] { 64, 64 }, "has five")]
    [InlineData("UNet", EncoderKind.ResNet18, new[] { 64, 64, 32, 20, 16 }, new[] { 64, 64 }, "multiple of 16")]
    [InlineData("UNet3d", EncoderKind.ResNet18, new[] { 16, 32 }, new[] { 32, 32, 32 }, "has none")]
    internal void WhatDoesNotFit_IsAUserError(string kind, EncoderKind encoder, int[] widths, int[] size, string says)
    {
        var check = () => NetworkFactory.Check(Settings(kind, encoder, widths) with { Size = size });
        check.Should().Throw<UserError>().Where(error => error.ExitCode == UserError.BadUsage && error.Message.Contains(says));
    }

    private static Dictionary<string, Tensor> Gradients(nn.Module<Tensor, Tensor> network, Tensor input, Tensor upstream)
    {
        (network.call(input) * upstream).sum().backward();
        return network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!.to(ScalarType.Float64).clone());
    }

    private static nn.Module<Tensor, Tensor> Network(string kind, EncoderKind encoder, int[] widths, int outputs = 2, string weights = ExperimentSettings.NoWeights) =>
        NetworkFactory.Create(Settings(kind, encoder, widths) with { EncoderWeights = weights }, channels: 3, outputs);

    private static ExperimentSettings Settings(string kind, EncoderKind encoder, int[] widths) =>
        Tiny.Settings() with { Network = kind, Encoder = encoder, Widths = widths, Size = [64, 64] };
}
