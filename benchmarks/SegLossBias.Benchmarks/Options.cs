using System.CommandLine;
using BenchmarkDotNet.ConsoleArguments;
using BenchmarkDotNet.Loggers;
using SegLossBias.Benchmarks.Cases;
using SegLossBias.Benchmarks.Eager;
using SegLossBias.Benchmarks.Measuring;
using SegLossBias.Benchmarks.Processes;

namespace SegLossBias.Benchmarks;

/// <summary>The options of the program and their way into <see cref="Settings"/>.</summary>
internal static class Options
{
    private const string Description =
        """
        Times the losses against cross_entropy of libtorch and against the operations of the paper's code, in TorchSharp.

        --quick takes less than three minutes and prints one line per shape and loss; --memory prints peaks of memory;
        --targets says what weights and soft labels cost; --quick --families and --quick --all print a line per shape and
        loss of every family, beside the same written by hand in TorchSharp for losses of sorted or single pixels; --losses
        names families or losses of these: --quick --families --losses overlap,MCC --shapes 4x19x512x1024.
        Otherwise BenchmarkDotNet runs, and all other arguments are its own: --filter '*RCE(L1)*', --list flat, --job dry.
        """;

    /// <summary>Small enough for the slow ones by hand.</summary>
    private const string FamilyShapes = "2x4x64x64,4x4x256x256,2x19x128x256";

    private const string QuickLosses = "CE,RCE(L1),RCE(KL),DiceCE,LogDiceCE,Focal";

    private static readonly Option<bool> Quick = new("--quick")
    {
        Description = "Medians of forward and backward, all implementations in turn in one process: shape loss fused_ms ce_ms eager_ms fused/ce eager/fused extra_mem/logits floor_ratio. Also written to artifacts/bench/quick.csv",
    };

    private static readonly Option<bool> Targets = new("--targets") { Description = "Medians with hard labels, with weights of the pixels and with soft labels, beside cross_entropy of the same soft labels" };

    private static readonly Option<bool> Families = new("--families") { Description = "With --quick, in the place of its lines: a loss or two of each family: shape family loss loss_ms ce_ms loss/ce hand_ms loss/hand. Also written to artifacts/bench/families.csv" };
    private static readonly Option<bool> All = new("--all") { Description = "With --quick: the same of every loss that LossFactory knows" };

    private static readonly Option<bool> Memory = new("--memory") { Description = "Peak memory above the inputs: shape loss implementation extra_MB extra/logits (Linux)" };
    private static readonly Option<string> Losses = new("--losses") { HelpName = "LIST", Description = $"Losses for --quick and --memory, separated by commas, of {string.Join(", ", ReferenceLosses.Names)}; with --families and --all names of families or losses there", DefaultValueFactory = _ => QuickLosses };
    private static readonly Option<string> Shapes = new("--shapes") { HelpName = "LIST", Description = "Shapes of the logits for --quick and --memory", DefaultValueFactory = _ => string.Join(',', Shape.Names) };
    private static readonly Option<string> Implementations = new("--implementations") { HelpName = "LIST", Description = $"For --memory, of {string.Join(", ", Implementation.Names)}", DefaultValueFactory = _ => "fused,cross_entropy,reference" };
    private static readonly Option<bool> Forward = new("--forward") { Description = "--quick and --memory without backward" };
    private static readonly Option<int?> Threads = new("--threads") { HelpName = "N", Description = "Threads of libtorch and the library (default: libtorch's)", CustomParser = OptionValue.Whole };
    private static readonly Option<double> Seconds = new("--seconds") { HelpName = "S", Description = "Time that --quick takes, about; slow cases get a few rounds whatever it says", CustomParser = OptionValue.Number, DefaultValueFactory = _ => 140 };
    private static readonly Option<Regime> Memories = new("--regime") { HelpName = "reuse|huge|default", Description = "Memory of large tensors: used again, in huge pages, or as the system gives it (Linux)", CustomParser = OptionValue.Choice<Regime>, DefaultValueFactory = _ => Regime.Reuse };
    private static readonly Option<string?> Picture = new("--picture") { HelpName = "FILE", Description = "With --quick: draws the times of RCE(L1) as PNG" };
    private static readonly Option<string?> Table = new("--table") { HelpName = "FILE", Description = "With --quick: writes the results as a Markdown table" };
    private static readonly Option<bool> Composed = new("--composed") { Description = "With --quick: the composed implementation, which a GPU runs, in the place of the fused one" };
    private static readonly Option<bool> InstructionSets = new("--instruction-sets") { Description = "BenchmarkDotNet: also without AVX-512, without AVX2 and without any vector instructions" };

    /// <param name="run">Runs and returns the exit code.</param>
    public static RootCommand Create(Func<Settings, int> run)
    {
        var root = new RootCommand(Description)
        {
            Quick, Families, All, Memory, Targets, Losses, Shapes, Implementations, Forward, Threads, Seconds, Memories, Picture, Table, Composed, InstructionSets,
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction(parsed => run(Read(parsed)));
        return root;
    }

    private static Settings Read(ParseResult parsed)
    {
        var settings = new Settings
        {
            Mode = parsed.GetValue(Quick) ? QuickMode(parsed) : parsed.GetValue(Memory) ? Mode.Memory : parsed.GetValue(Targets) ? Mode.Targets : Mode.BenchmarkDotNet,
            Losses = ListsFamilies(parsed) ? [] : [.. List(parsed.GetValue(Losses)!).Select(Loss)],
            Families = ListsFamilies(parsed) ? Rows(parsed) : [],
            Shapes = [.. List(ListsFamilies(parsed) && !IsGiven(parsed, Shapes) ? FamilyShapes : parsed.GetValue(Shapes)!).Select(ParseShape)],
            Implementations = List(parsed.GetValue(Implementations)!),
            Backward = !parsed.GetValue(Forward),
            Threads = parsed.GetValue(Threads),
            Seconds = parsed.GetValue(Seconds),
            Regime = parsed.GetValue(Memories),
            Picture = parsed.GetValue(Picture),
            Table = parsed.GetValue(Table),
            Composed = parsed.GetValue(Composed),
            InstructionSets = parsed.GetValue(InstructionSets),
            Others = [.. parsed.UnmatchedTokens],
        };
        if (ListsFamilies(parsed))
        {
            var option = parsed.GetValue(All) ? All.Name : Families.Name;
            Require(parsed.GetValue(Quick), $"{option} belongs to --quick; write --quick {option}");
            var other = new Option[] { Implementations, Picture, Table, Composed }.FirstOrDefault(other => IsGiven(parsed, other));
            Require(other is null, $"{option} has lines of its own and takes no {other?.Name}");
        }

        Require(settings.Mode == Mode.BenchmarkDotNet || settings.Others.Length == 0, $"unknown argument {settings.Others.FirstOrDefault()}; 'bench --help' lists the options");
        Require(IsBenchmarkDotNets(settings.Others), $"neither this program nor BenchmarkDotNet understands '{string.Join(' ', settings.Others)}'; 'bench --help' lists the options");
        Require(settings.Threads is null or > 0, $"--threads: {settings.Threads} is not 1 or more");
        Require(settings.Picture is null || settings.Losses.Contains(Reporting.QuickPicture.Loss), $"--picture draws {Reporting.QuickPicture.Loss}, which --losses leaves out");
        var unknown = settings.Implementations.Except(Implementation.Names).FirstOrDefault();
        Require(unknown is null, $"--implementations: there is no '{unknown}'; known are {string.Join(", ", Implementation.Names)}");
        return settings;
    }

    private static Mode QuickMode(ParseResult parsed) => ListsFamilies(parsed) ? Mode.Families : Mode.Quick;

    private static bool ListsFamilies(ParseResult parsed) => parsed.GetValue(All) || parsed.GetValue(Families);

    /// <summary>The rows of --families or --all, or those of them that --losses names.</summary>
    private static IReadOnlyList<FamilyCase> Rows(ParseResult parsed)
    {
        var rows = parsed.GetValue(All) ? FamilyLosses.All : FamilyLosses.Representatives;
        try
        {
            return IsGiven(parsed, Losses) ? FamilyLosses.Named(rows, List(parsed.GetValue(Losses)!)) : rows;
        }
        catch (ArgumentException error)
        {
            throw UserError.Usage($"--losses: {error.Message}");
        }
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Whether BenchmarkDotNet understands all arguments; it passes over words that belong to no option.</summary>
    private static bool IsBenchmarkDotNets(string[] others) =>
        others.Length == 0 || (others[0].StartsWith('-') && ConfigParser.Parse(others, NullLogger.Instance).isSuccess);

    private static string[] List(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Loss(string name) =>
        ReferenceLosses.Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw UserError.Usage($"--losses: there is no '{name}'; known are {string.Join(", ", ReferenceLosses.Names)}");

    private static Shape ParseShape(string text)
    {
        try
        {
            return Shape.Parse(text);
        }
        catch (FormatException error)
        {
            throw UserError.Usage($"--shapes: {error.Message}");
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
