namespace SegLossBias.Tests.Interop;

/// <summary>Advice to the system about memory, where the system takes it and where it does not know the call.</summary>
public class HugePagesTests
{
    private const long Page = 2 << 20;

    [SkippableTheory]
    [InlineData(typeof(DllNotFoundException))]
    [InlineData(typeof(EntryPointNotFoundException))]
    public void MissingCall_IsTriedOnce(Type exception)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux is asked");
        var calls = 0;
        var pages = new HugePages((_, _, _) =>
        {
            calls++;
            throw (Exception)Activator.CreateInstance(exception)!;
        });
        pages.Advise(0, 8 * Page);
        pages.Advise(0, 8 * Page);
        calls.Should().Be(1);
    }

    [SkippableFact]
    public void WholePagesInside_AreAdvised()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux is asked");
        var calls = new List<(long Address, long Length)>();
        var pages = new HugePages((address, length, _) =>
        {
            calls.Add((address, (long)length));
            return 0;
        });
        pages.Advise(0, (2 * Page) - 1);
        pages.Advise(1, 3 * Page);
        pages.Advise((nint)Page, 2 * Page);
        calls.Should().Equal([(Page, 2 * Page), (Page, 2 * Page)], "a small range is left alone, and no page but whole ones");
    }
}
