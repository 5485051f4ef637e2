using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SegLossBias.Training;

/// <summary>The options of the program and their way into <see cref="RunSettings"/>.</summary>
internal static class CommandLine
{
    private const string Description =
        """
        Trains a small 2D U-Net once per segmentation loss, from the same initial weights and on the same batches, and reports
        Dice, IoU and the region-size bias: predicted against true foreground. Without arguments it trains on generated
        fundus-like pictures (under three minutes on two cores).

        --data takes images/ and masks/, or train/, val/ and test/ that contain them; PNG or JPEG, paired by name (a.png with
        a.png, a.jpg or a_mask.png). Without val/, a seeded 20 % of the training pictures validates; test/ is measured once,
        at the end. Pictures are stretched to a square. A mask pixel is foreground if its brightest channel is 128 or more;
        in a mask whose values all lie below 32 (class numbers), if it is above 0. Unusable files are named and left out.
        Ctrl-C ends after the current step and reports the finished epochs.
        """;

    private static readonly Option<string?> Data = new("--data") { HelpName = "DIR", Description = "Folder of pictures and masks (default: generated pictures)" };
    private static readonly Option<int?> Size = new("--size") { HelpName = "PIXELS", CustomParser = Whole, Description = "Side of the pictures as trained on (default: 64; with --data 96)" };
    private static readonly Option<string> LossNames = new("--losses")
    {
        HelpName = "LIST", Description = $"Losses, separated by commas, in quotes for the shell. Known: {string.Join(", ", LossFactory.Names)}",
        DefaultValueFactory = _ => "CE,Dice,LogDiceCE,RCE(L1)",
    };

    private static readonly Option<int?> Epochs = new("--epochs") { HelpName = "N", CustomParser = Whole, Description = "Passes over the training pictures", DefaultValueFactory = _ => 16 };
    private static readonly Option<string> Seeds = new("--seeds")
    {
        HelpName = "LIST", Description = "Seeds, separated by commas; several give mean ± standard deviation. The first one also draws the data and the split",
        DefaultValueFactory = _ => "1",
    };

    private static readonly Option<int?> Batch = new("--batch") { HelpName = "N", CustomParser = Whole, Description = "Pictures per step, 2 or more", DefaultValueFactory = _ => 8 };
    private static readonly Option<double> Rate = new("--lr")
    {
        HelpName = "RATE", CustomParser = Decimal, Description = "Initial learning rate of Adam; it falls to 0 along half a cosine",
        DefaultValueFactory = _ => 1e-3,
    };

    private static readonly Option<string> Widths = new("--widths") { HelpName = "LIST", Description = "Channels per resolution of the U-Net, finest first, multiples of 16", DefaultValueFactory = _ => "16,32,64" };
    private static readonly Option<string?> Group = new("--group") { HelpName = "REGEX", Description = "Pictures whose names give the same first group (one patient: '^(.+?)-IM') stay on one side of a seeded split" };
    private static readonly Option<string> Device = new("--device") { HelpName = "cpu|cuda", Description = "Where to train; cuda needs a build with the environment variable TorchBackend=cuda-linux or cuda-windows", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<string?> Out = new("--out") { HelpName = "DIR", Description = "Output folder (default: output/demo; with --data output/NAME; figures: output/figures)", Recursive = true };

    /// <param name="train">Runs an experiment and returns the exit code.</param>
    /// <param name="figures">Draws the paper's figures into a folder and returns the exit code.</param>
    public static RootCommand Create(Func<RunSettings, int> train, Func<string, int> figures)
    {
        var root = new RootCommand(Description) { Data, Size, LossNames, Epochs, Seeds, Batch, Rate, Widths, Group, Device, Out };
        root.SetAction(parsed => train(Settings(parsed)));
        var draw = new Command("figures", "Draws Figures 2 and C.6 of arXiv:2104.08717 from the library's own losses");
        draw.SetAction(parsed => figures(Path.GetFullPath(parsed.GetValue(Out) ?? Path.Combine("output", "figures"))));
        root.Add(draw);
        return root;
    }

    private static RunSettings Settings(ParseResult parsed)
    {
        var data = parsed.GetValue(Data);
        var settings = new RunSettings
        {
            Data = data is null ? null : Path.GetFullPath(data),
            Size = parsed.GetValue(Size) ?? (data is null ? 64 : 96),
            Losses = List("--losses", parsed.GetValue(LossNames)!),
            Epochs = parsed.GetValue(Epochs)!.Value,
            Seeds = Numbers("--seeds", parsed.GetValue(Seeds)!),
            Batch = parsed.GetValue(Batch)!.Value,
            LearningRate = parsed.GetValue(Rate),
            Widths = Numbers("--widths", parsed.GetValue(Widths)!),
            Group = Pattern(parsed.GetValue(Group)),
            Device = parsed.GetValue(Device)!,
            Out = Path.GetFullPath(parsed.GetValue(Out) ?? Path.Combine("output", data is null ? "demo" : new DirectoryInfo(data).Name)),
        };
        Check(settings);
        return settings;
    }

    private static void Check(RunSettings settings)
    {
        var unknown = settings.Losses.FirstOrDefault(name => !LossFactory.AllNames.Contains(name, StringComparer.OrdinalIgnoreCase));
        Require(unknown is null, $"--losses: there is no loss '{unknown}'; known are {string.Join(", ", LossFactory.Names)}");
        RequireDistinct("--losses", settings.Losses.Select(name => name.ToUpperInvariant()));
        RequireDistinct("--seeds", settings.Seeds);
        Require(settings.Widths.All(width => width > 0 && width % UNet.WidthUnit == 0), $"--widths: every width must be a multiple of {UNet.WidthUnit}");
        Require(settings.Widths.Count <= 8, "--widths: 8 resolutions at most");
        var unit = 1 << (settings.Widths.Count - 1);
        Require(settings.Size >= 2 * unit && settings.Size <= 2048 && settings.Size % unit == 0,
            $"--size: {settings.Size} is not a multiple of {unit} between {2 * unit} and 2048 (the U-Net halves the pictures {settings.Widths.Count - 1} times)");
        Require(settings.Epochs >= 1, $"--epochs: {settings.Epochs} is not 1 or more");
        Require(settings.Batch >= 2, $"--batch: {settings.Batch} is not 2 or more");
        Require(double.IsFinite(settings.LearningRate) && settings.LearningRate > 0, $"--lr: {settings.LearningRate.ToString(CultureInfo.InvariantCulture)} is not above 0");
        Require(settings.Device is "cpu" or "cuda", $"--device: '{settings.Device}' is neither cpu nor cuda");
    }

    private static string[] List(string option, string text)
    {
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Require(items.Length > 0, $"{option}: the list is empty");
        return items;
    }

    private static int[] Numbers(string option, string text) =>
        [.. List(option, text).Select(item => int.TryParse(item, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw UserError.Usage($"{option}: '{item}' is not a whole number"))];

    private static int? Whole(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (int.TryParse(text, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        argument.AddError($"{Name(argument)}: '{text}' is not a whole number");
        return null;
    }

    private static double Decimal(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (double.TryParse(text, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        argument.AddError($"{Name(argument)}: '{text}' is not a number");
        return double.NaN;
    }

    private static string Name(ArgumentResult argument) => ((OptionResult)argument.Parent!).Option.Name;

    private static Regex? Pattern(string? text)
    {
        try
        {
            return text is null ? null : new Regex(text);
        }
        catch (ArgumentException invalid)
        {
            throw UserError.Usage($"--group: {invalid.Message}");
        }
    }

    private static void RequireDistinct<T>(string option, IEnumerable<T> items)
    {
        var twice = items.GroupBy(item => item).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw UserError.Usage($"{option}: {twice.Key} is named twice");
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw UserError.Usage(message);
        }
    }
}
