using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SegLossBias.Tests.Readme;

/// <summary>A block of the README compiled as a program of its own, against the assemblies of the running test.</summary>
internal static class ReadmeProgram
{
    /// <summary>What a reader has before the block: the usings of a project, a network, a batch and its labels.</summary>
    private const string Prelude =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using SegLossBias;
        global using TorchSharp;
        global using static Prelude;
        global using static TorchSharp.torch;

        public static class Prelude
        {
            internal static readonly nn.Module<Tensor, Tensor> model = nn.Conv2d(3, 3, 1);
            internal static readonly Tensor images = randn([2, 3, 8, 8]);
            internal static readonly Tensor logits = randn([2, 3, 8, 8], requires_grad: true);
            internal static readonly Tensor target = randint(0, 3, [2, 8, 8], int64);
            internal static readonly Tensor labels = randint(0, 2, [2, 8, 8], int64);
            internal static readonly Tensor instances = labels.to(int32);
        }
        """;

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>Compiles a block; throws with the compiler's messages and the block if it is wrong.</summary>
    internal static Assembly Compile(string code)
    {
        var block = CSharpSyntaxTree.ParseText(code, path: "block");
        var hasStatements = block.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any();
        var compilation = CSharpCompilation.Create(
            $"Readme.{Guid.NewGuid():N}",
            [block, CSharpSyntaxTree.ParseText(Prelude, path: "prelude")],
            References,
            new CSharpCompilationOptions(hasStatements ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var errors = compilation.Emit(image).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToArray();
        return errors.Length == 0
            ? Assembly.Load(image.ToArray())
            : throw new InvalidOperationException($"{string.Join('\n', errors.Select(error => error.ToString()))}\n\n{code}");
    }

    /// <summary>Runs a block, if it has statements, and returns the lines it prints.</summary>
    internal static string[] Run(Assembly program)
    {
        if (program.EntryPoint is not { } main)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        using var printed = new StringWriter();
        var console = Console.Out;
        Console.SetOut(printed);
        try
        {
            main.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
        }

        return printed.ToString().ReplaceLineEndings("\n").Split('\n');
    }
}
