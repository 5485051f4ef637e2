using SegLossBias.Tests.Attack.Fuzz;
using SegLossBias.Tests.Attack.Soak;

namespace SegLossBias.Tests.Attack;

/// <summary>The test assembly as a program: <c>fuzz</c> and <c>soak</c> of build.sh, and the child processes of the first.</summary>
internal static class AttackProgram
{
    private static int Main(string[] arguments)
    {
        try
        {
            return arguments switch
            {
                ["fuzz", .. var rest] => FuzzCommand.Run(rest),
                [FuzzBatch.Command, .. var rest] => FuzzBatch.Run(rest),
                ["soak", .. var rest] => SoakCommand.Run(rest),
                _ => throw new ArgumentException("the command is fuzz or soak; tests run by 'dotnet test'."),
            };
        }
        catch (ArgumentException exception)
        {
            Console.Error.WriteLine($"error: {exception.Message}");
            return 2;
        }
    }
}
