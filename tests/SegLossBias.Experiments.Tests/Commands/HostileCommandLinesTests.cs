using System.CommandLine;
using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Commands;

/// <summary>Absurd values of every option: done, or refused in one line that begins with "error: " and exit code 2, never with a stack trace.</summary>
public sealed class HostileCommandLinesTests : IDisposable
{
    private static readonly string[] Values =
    [
        "", " ", "0", "-1", "1", "2", "1.5", "2147483647", "2147483648", "-2147483648", "99999999999999999999", "1e300", "1e-320", "NaN", "Infinity", "-Infinity", "0x10", "abc", "日本", "\0", "\n", "'", "\"", "--", "-",
        ",", "1,1", "1,,2", "1,2", "16,16", "16,17", "x", "16x16", "16x16x16", "0x0", "99999x1", "80/10/10", "0/0/0", "101/-1/0", "1/0", "(((", "^(.+?)-", "all", "none", "cuda", "cpu", "imagenet", "/dev/null", "nowhere", "../..",
        "RCE(L1):lambda=", "RCE(L1):lambda=1e400", "RCE(L1):lambda=-1", "RCE(L1):lambda=1:warmup=-1", "RCE(L1):lambda=1:warmup=99999999999", "CE:tau=0", "CE:tau", "CE,CE", "Dice,", "CE:lambda=1:lambda=1", "unet", "fpn", "unet3d", "nifti", "generated", "paper3d",
    ];

    private static readonly string[] Wrong = ["abc", "-1", "1e300", "NaN", "99999999999999999999", "1,,2", "日本", "\n"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A plan reads and checks what a comparison does, and trains nothing.</summary>
    [Fact]
    public void EveryOptionWithAbsurdValues_IsUsedOrRefused()
    {
        string[] options = [.. new ExperimentOptions("CE", null).All.Select(option => option.Name)];
        var random = new Random(7);
        var refused = 0;
        for (var number = 0; number < 600; number++)
        {
            // Each option with some values by itself, then several together.
            string[] chosen = number < options.Length * 10 ? [options[number % options.Length]] : [.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => options[random.Next(options.Length)])];
            string[] arguments = ["plan", "--out", _folder[$"plan{number}"], .. chosen.SelectMany(option => random.Next(12) == 0 ? new[] { option } : [option, Values[random.Next(Values.Length)]])];
            var (code, errors) = Run(arguments);
            Check(arguments, code, errors, UserError.BadUsage, UserError.Failed);
            refused += code == 0 ? 0 : 1;
        }

        refused.Should().BeInRange(200, 599, "most values are absurd, and some are not");
    }

    /// <summary>Values that no option can have; what a folder or file is at fault for has the exit code 1.</summary>
    [Theory]
    [InlineData("--epochs")]
    [InlineData("--batch")]
    [InlineData("--lr")]
    [InlineData("--size")]
    [InlineData("--seeds")]
    [InlineData("--losses")]
    [InlineData("--widths")]
    [InlineData("--mode")]
    [InlineData("--network")]
    [InlineData("--threads")]
    [InlineData("--device")]
    [InlineData("--tolerance")]
    [InlineData("--optimizer")]
    [InlineData("--layout")]
    public void AWrongValue_IsBadUsage(string option)
    {
        string[] possible = option switch { "--seeds" => ["-1", "1,,2"], "--tolerance" => ["1e300", "99999999999999999999"], _ => [] };
        foreach (var value in Wrong.Except(possible))
        {
            string[] arguments = ["plan", option, value, "--out", _folder["none"]];
            var (code, errors) = Run(arguments);
            Check(arguments, code, errors, UserError.BadUsage);
            code.Should().Be(UserError.BadUsage, "{0} {1}", option, value);
        }
    }

    [Fact]
    public void OtherCommandsWithWhatIsNotThere_AreRefused()
    {
        File.WriteAllText(_folder["file"], "{}");
        string[][] commands =
        [
            ["run", "--settings", _folder["file"], "--loss", "CE", "--seed", "1", "--out", _folder["x"]], ["run", "--settings", _folder["none"], "--loss", "CE", "--seed", "1", "--out", _folder["x"]],
            ["run", "--settings", _folder.Path, "--loss", "CE", "--seed", "1", "--out", _folder["x"]], ["run", "--settings", "", "--loss", "CE", "--seed", "1", "--out", _folder["x"]],
            ["run", "--settings", "\0", "--loss", "CE", "--seed", "1"], ["run", "--loss", "CE"], ["run"], ["collect"], ["collect", ""], ["collect", _folder["none"], "--out", _folder["x"]],
            ["collect", _folder.Path, "--out", _folder["x"]], ["collect", _folder["file"], "--out", _folder["x"]], ["collect", "\0", "--out", _folder["x"]], ["figures", _folder["none"]], ["figures", _folder["file"]],
            ["figures", _folder.Path], ["figures", "\0"], ["figures", "a", "b"], ["nonsense"], ["--nonsense"], ["compare", "compare"], ["plan", "--out", _folder["file"]], ["plan", "--out", "\0"], ["plan", "--out", ""],
            ["compare", "--data", _folder["none"], "--out", _folder["x"]], ["compare", "--data", _folder["file"], "--out", _folder["x"]], ["compare", "--data", "\0"], ["compare", "--data", ""], ["compare", "--out", _folder["file"]],
        ];
        foreach (var arguments in commands)
        {
            var (code, errors) = Run(arguments);
            code.Should().NotBe(0, string.Join(' ', arguments));
            Check(arguments, code, errors, UserError.BadUsage, UserError.Failed);
        }
    }

    private static void Check(string[] arguments, int code, string errors, params int[] allowed)
    {
        var line = string.Join(' ', arguments.Select(argument => $"[{argument}]"));
        code.Should().BeOneOf([0, .. allowed], "{0}: {1}", line, errors);
        if (code != 0)
        {
            errors.TrimEnd().Split('\n').Should().ContainSingle(line).Which.Should().StartWith("error: ", line).And.NotContain("a fault of this program", line).And.NotContain("System.", line).And.NotContain("   at ", line);
        }
    }

    /// <summary>The program in this process, from its entry point on.</summary>
    private static (int Code, string Errors) Run(params string[] arguments)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using var captured = new StringWriter();
        try
        {
            Console.SetOut(TextWriter.Null);
            Console.SetError(captured);
            return ((int)typeof(LossSpec).Assembly.EntryPoint!.Invoke(null, [arguments])!, captured.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
