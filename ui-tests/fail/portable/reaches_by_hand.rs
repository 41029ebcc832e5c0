use concurrent_futures::{
    Anywhere, Future, Job, Reaches, Task,
    private::{Chunk, ChunkFuture, Placement},
};

struct Square(u64);

impl Task for Square {
    type Output = u64;

    fn name() -> &'static str {
        "square"
    }

    fn run(self) -> u64 {
        self.0 * self.0
    }
}

impl Reaches<Anywhere> for Square {
    fn pair(self, _: Placement) -> (Future<u64>, Job<Anywhere>) {
        todo!()
    }

    fn pair_chunk(_: Chunk<Self>, _: Placement) -> (ChunkFuture<Self>, Job<Anywhere>) {
        todo!()
    }
}

fn main() {}
