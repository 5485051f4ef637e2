using System.Runtime.InteropServices;

namespace DataParallel;

/// <summary>The four calls of MPI that data-parallel training needs, from Open MPI. Where there is none, one process is alone.</summary>
internal sealed partial class Mpi : IDisposable
{
    private readonly nint _library;
    private readonly nint _world;

    /// <summary>Starts MPI: by mpirun one of its processes, else a single one.</summary>
    public Mpi()
    {
        if (!NativeLibrary.TryLoad("libmpi.so.40", out _library) && !NativeLibrary.TryLoad("libmpi.so", out _library))
        {
            return;
        }

        NativeLibrary.SetDllImportResolver(typeof(Mpi).Assembly, (name, _, _) => name == "mpi" ? _library : 0);
        Check(MPI_Init(0, 0), "MPI_Init");
        _world = Constant("ompi_mpi_comm_world");
        Check(MPI_Comm_rank(_world, out var rank), "MPI_Comm_rank");
        Check(MPI_Comm_size(_world, out var size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
    }

    /// <summary>The number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many processes there are.</summary>
    public int Size { get; } = 1;

    /// <summary>Replaces each number by its sum over all processes. Every process must call it, with as many numbers.</summary>
    public unsafe void Sum(Span<double> numbers)
    {
        if (Size == 1)
        {
            return;
        }

        fixed (double* start = numbers)
        {
            const nint InPlace = 1;
            Check(MPI_Allreduce(InPlace, (nint)start, numbers.Length, Constant("ompi_mpi_double"), Constant("ompi_mpi_op_sum"), _world), "MPI_Allreduce");
        }
    }

    /// <summary>Ends MPI; the last call.</summary>
    public void Dispose()
    {
        if (_library != 0)
        {
            Check(MPI_Finalize(), "MPI_Finalize");
        }
    }

    /// <summary>In Open MPI a constant such as MPI_DOUBLE is the address of a variable. (Other MPIs have numbers.)</summary>
    private nint Constant(string name) => NativeLibrary.GetExport(_library, name);

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"{call} failed with {result}; see what mpirun printed.");
        }
    }

    [LibraryImport("mpi")]
    private static partial int MPI_Init(nint argc, nint argv);

    [LibraryImport("mpi")]
    private static partial int MPI_Comm_rank(nint communicator, out int rank);

    [LibraryImport("mpi")]
    private static partial int MPI_Comm_size(nint communicator, out int size);

    [LibraryImport("mpi")]
    private static partial int MPI_Allreduce(nint send, nint receive, int count, nint type, nint operation, nint communicator);

    [LibraryImport("mpi")]
    private static partial int MPI_Finalize();
}
