using System.CommandLine;
using System.Text.Json.Nodes;

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
    [InlineData(new[] { "--whole" }, 1)]
    [InlineData(new[] { "--whole", "--batch", "3" }, 3)]
    public void WholeVolumes_AreTakenOneByOneUnlessTheBatchIsGiven(string[] arguments, int batch)
    {
        var settings = Read(["--data", "x", "--layout", "nifti", .. arguments]);
        (settings.WholeVolumes, settings.Batch).Should().Be((true, batch));
    }

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
    [InlineData(new[] { "--batch", "2147483647" }, "--batch: 2147483647 does not lie between 2 and 4096")]
    [InlineData(new[] { "--epochs", "2147483647" }, "--epochs: 2147483647 does not lie between 1 and 1000000")]
    [InlineData(new[] { "--patches", "2147483647" }, "--patches: 2147483647 does not lie between 1 and 1000000")]
    [InlineData(new[] { "--whole" }, "--whole: pictures are seen whole already")]
    [InlineData(new[] { "--data", "x", "--layout", "nifti", "--whole", "--patches", "4" }, "--patches: with --whole every training volume is seen once")]
    [InlineData(new[] { "--data", "x", "--layout", "nifti", "--whole", "--foreground-share", "0.5" }, "--foreground-share: whole volumes have the foreground that they have")]
    [InlineData(new[] { "--data", "x", "--layout", "nifti", "--whole", "--losses", "Lovasz" }, "--whole: Lovasz cannot be trained on tiles: only region terms add up")]
    [InlineData(new[] { "--data", "x", "--layout", "nifti", "--whole", "--losses", "RCE(L1):balance=0.1" }, "cannot be trained on tiles: balance")]
    [InlineData(new[] { "--data", "x", "--layout", "nifti", "--batch", "1" }, "--batch: 1 does not lie between 2 and 4096")]
    [InlineData(new[] { "--lr", "1e300" }, "--lr: 1E+300 is not above 0 and up to 1000")]
    [InlineData(new[] { "--lr", "NaN" }, "--lr: NaN is not above 0 and up to 1000")]
    [InlineData(new[] { "--weight-decay", "1e300" }, "--weight-decay: 1E+300 does not lie between 0 and 1000")]
    [InlineData(new[] { "--widths", "2000000000" }, "must be a multiple of 16 up to 4096, but they are 2000000000")]
    [InlineData(new[] { "--losses", "RCE(L1):lambda=1e300" }, "lambda is 1E+300; up to 1000000 is possible")]
    [InlineData(new[] { "--lambdas", "1e300" }, "lambda is 1E+300; up to 1000000 is possible")]
    public void WhatDoesNotGoTogether_IsAUsageError(string[] arguments, string says)
    {
        var read = () => Read(arguments);
        read.Should().Throw<UserError>().Where(error => error.ExitCode == UserError.BadUsage && error.Message.Contains(says));
    }

    [Theory]
    [InlineData("--epochs", "abc", "--epochs: 'abc' is not a whole number")]
    [InlineData("--epochs", "1.5", "--epochs: '1.5' is not a whole number")]
    [InlineData("--batch", "99999999999", "--batch: '99999999999' is not a whole number up to 2147483647")]
    [InlineData("--threads", "many", "--threads: 'many' is not a whole number")]
    [InlineData("--data-seed", "", "--data-seed: '' is not a whole number")]
    [InlineData("--lr", "fast", "--lr: 'fast' is not a number")]
    [InlineData("--lr", "0,001", "--lr: '0,001' is not a number")]
    [InlineData("--tolerance", "1,000", "--tolerance: '1,000' is not a number")]
    [InlineData("--tolerance", "1mm", "--tolerance: '1mm' is not a number")]
    [InlineData("--optimizer", "lion", "--optimizer: 'lion' is not known; known are Adam, Sgd")]
    [InlineData("--mode", "1", "--mode: '1' is not known; known are Multiclass, Binary")]
    [InlineData("--protocol", "slow", "--protocol: 'slow' is not known; known are Quick, PaperPolyp, PaperRetinal, PaperCityscapes, Paper3d")]
    public void AValueThatCannotBeRead_IsNamedWithWhatItMayBe(string option, string value, string says) =>
        Parse(option, value).Errors[0].Message.Should().Be(says);

    [Fact]
    public void EveryOptionThatIsNoText_HasItsOwnWords() => new ExperimentOptions("CE", null).All
        .Where(option => option.ValueType != typeof(string)).Select(option => Parse(option.Name, "?").Errors.Select(error => error.Message).FirstOrDefault())
        .Should().HaveCountGreaterThan(15).And.OnlyContain(message => message != null && !message.Contains("System.") && !message.Contains("type"));

    [Fact]
    public void TheProgramWithoutACommand_ComparesTheSameLossesAsCompare()
    {
        var root = ProgramCommands.Create();
        string? Losses(Command command, params string[] arguments) => root.Parse(arguments).GetValue(command.Options.OfType<Option<string>>().Single(option => option.Name == "--losses"));
        Losses(root).Should().NotBeNull().And.Be(Losses(root.Subcommands.Single(command => command.Name == "compare"), "compare"));
    }

    [Fact]
    public void SavedSettings_ComeBackAsTheyWere()
    {
        using var folder = new TemporaryFolder();
        var settings = Read("--protocol", "PaperPolyp", "--encoder", "resnet18", "--mode", "binary", "--losses", "RCE(L1):lambda=1:warmup=5,CE", "--seeds", "1,2");
        ResultFolder.SaveSettings(folder.Path, settings);
        ResultFolder.LoadSettings(folder.Path).Should().BeEquivalentTo(settings);
    }

    [Theory]
    [InlineData("Losses", "[null]", "*experiment.json cannot be read: there is no loss ''*")]
    [InlineData("Losses", "[\"CE\", null]", "*experiment.json cannot be read: there is no loss ''*")]
    [InlineData("Losses", "[]", "--losses: the list is empty")]
    [InlineData("Seeds", "[]", "--seeds: the list is empty")]
    public void SavedSettingsWithoutALossOrASeed_AreRefused(string list, string content, string message)
    {
        using var folder = new TemporaryFolder();
        ResultFolder.SaveSettings(folder.Path, Read());
        var path = folder[ResultFolder.SettingsFile];
        var saved = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        saved.Should().ContainKey(list);
        saved[list] = JsonNode.Parse(content);
        File.WriteAllText(path, saved.ToJsonString());
        FluentActions.Invoking(() => SettingsCheck.Check(ResultFolder.LoadSettings(folder.Path))).Should().Throw<UserError>().WithMessage(message);
    }

    private static ParseResult Parse(params string[] arguments)
    {
        var command = new RootCommand();
        foreach (var option in new ExperimentOptions("CE", null).All)
        {
            command.Add(option);
        }

        return command.Parse(arguments);
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
