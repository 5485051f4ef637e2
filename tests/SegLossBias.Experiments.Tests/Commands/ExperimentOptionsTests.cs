using System.CommandLine;

namespace SegLossBias.Experiments.Tests.Commands;

/// <summary>From the command line to settings.</summary>
public sealed class ExperimentOptionsTests
{
    [Fact]
    public void PaperPolyp_IsTheReferencesProtocolForPolyps() => Read("--protocol", "PaperPolyp").Should().BeEquivalentTo(new
    {
        Epochs = 50, Batch = 16, Optimizer = OptimizerKind.Adam, AdamBeta2 = 0.999, LearningRate = 1e-4, WeightDecay = 1e-4, Schedule = RateSchedule.Plateau,
        PlateauMeasure = ValidationMeasure.PooledDice, BestMeasure = ValidationMeasure.PooledDice, Fit = FitKind.Pad, Augmentation = AugmentationKind.Crop,
    });

    [Fact]
    public void PaperRetinal_IsTheReferencesProtocolForLesions() => Read("--protocol", "paperretinal").Should().BeEquivalentTo(new
    {
        Epochs = 60, Batch = 8, Optimizer = OptimizerKind.Adam, LearningRate = 1e-4, Schedule = RateSchedule.Plateau, PlateauMeasure = ValidationMeasure.Loss, Fit = FitKind.Stretch,
    });

    [Fact]
    public void PaperCityscapes_IsTheReferencesProtocolForStreets() => Read("--protocol", "PaperCityscapes").Should().BeEquivalentTo(new
    {
        Epochs = 100, Batch = 8, Optimizer = OptimizerKind.Sgd, Momentum = 0.9, Nesterov = false, LearningRate = 1e-2, WeightDecay = 1e-4, Schedule = RateSchedule.Polynomial,
    });

    [Fact]
    public void Paper3d_IsThatOfNnUNet() => Read("--protocol", "Paper3d").Should().BeEquivalentTo(new
    {
        Epochs = 1000, Batch = 2, Optimizer = OptimizerKind.Sgd, Momentum = 0.99, Nesterov = true, LearningRate = 1e-2, WeightDecay = 3e-5, Schedule = RateSchedule.Polynomial,
    });

    [Fact]
    public void AnOption_IsStrongerThanTheProtocol() =>
        Read("--protocol", "PaperPolyp", "--epochs", "3", "--fit", "stretch", "--plateau", "loss", "--best", "dice", "--beta2", "0.9", "--augment", "colour").Should().BeEquivalentTo(new
        {
            Epochs = 3, Batch = 16, Fit = FitKind.Stretch, PlateauMeasure = ValidationMeasure.Loss, BestMeasure = ValidationMeasure.Dice, AdamBeta2 = 0.9, Augmentation = AugmentationKind.Colour,
        });

    [Theory]
    [InlineData(new[] { "--network", "fpn" }, EncoderKind.None, "none", "16,32,64", InputKind.PerPicture)]
    [InlineData(new[] { "--network", "fpn", "--encoder", "resnet18" }, EncoderKind.ResNet18, "imagenet", "256,128", InputKind.ImageNet)]
    [InlineData(new[] { "--encoder", "resnet50", "--encoder-weights", "none" }, EncoderKind.ResNet50, "none", "256,128,64,32,16", InputKind.PerPicture)]
    [InlineData(new[] { "--network", "FPN", "--encoder", "resnet18", "--widths", "64,64", "--encoder-weights", "none" }, EncoderKind.ResNet18, "none", "64,64", InputKind.PerPicture)]
    internal void AnEncoder_BringsItsWeightsWidthsAndInput(string[] arguments, EncoderKind encoder, string weights, string widths, InputKind input)
    {
        var settings = Read(arguments);
        (settings.Encoder, settings.EncoderWeights, string.Join(',', settings.Widths), settings.Input).Should().Be((encoder, weights, widths, input));
    }

    [Theory]
    [InlineData(new[] { "--encoder", "resnet34" }, "no weights of its own")]
    [InlineData(new[] { "--encoder-weights", "imagenet" }, "no encoder")]
    [InlineData(new[] { "--encoder", "resnet18", "--size", "48" }, "multiple of 32")]
    [InlineData(new[] { "--network", "transformer" }, "no network 'transformer'; known are Fpn, UNet, UNet3d")]
    [InlineData(new[] { "--layout", "kvasir" }, "say with --data")]
    [InlineData(new[] { "--split", "80/10/10" }, "divided already")]
    [InlineData(new[] { "--beta2", "1" }, "--beta2")]
    public void WhatDoesNotGoTogether_IsAUsageError(string[] arguments, string says)
    {
        var read = () => Read(arguments);
        read.Should().Throw<UserError>().Where(error => error.ExitCode == UserError.BadUsage && error.Message.Contains(says));
    }

    [Fact]
    public void SavedSettings_ComeBackAsTheyWere()
    {
        using var folder = new TemporaryFolder();
        var settings = Read("--protocol", "PaperPolyp", "--encoder", "resnet18", "--mode", "binary", "--losses", "RCE(L1):lambda=1:warmup=5,CE", "--seeds", "1,2");
        ResultFolder.SaveSettings(folder.Path, settings);
        ResultFolder.LoadSettings(folder.Path).Should().BeEquivalentTo(settings);
    }

    private static ExperimentSettings Read(params string[] arguments)
    {
        var options = new ExperimentOptions("CE", null);
        var command = new RootCommand();
        foreach (var option in options.All)
        {
            command.Add(option);
        }

        var parsed = command.Parse(arguments);
        parsed.Errors.Should().BeEmpty();
        return options.Read(parsed);
    }
}
