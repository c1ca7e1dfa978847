#include "base/failure.h"
#include "desk/lanes.h"
#include "desk/room.h"

static const struct {
    guint threads, queue;
} sizes[LANES] = {[LANE_LEDGER] = {4, 256}, [LANE_DOOR] = {1, 64}, [LANE_PASSWORD] = {1, 32}};

typedef struct {
    Lanes *lanes;
    Lane lane;
    Worker worker;
    GThread *thread;
} Place;

struct Lanes {
    GAsyncQueue *queues[LANES];
    GPtrArray *places; /* Place * */
    void (*run)(Worker *w, Exchange *x);
    GMutex lock;
    gboolean closed; /* under LOCK */
};

/* Pushed to end a thread: no Exchange has this address. */
static char the_end;

static void place_free(gpointer data)
{
    Place *place = data;
    door_free(place->worker.door);
    ledger_close(place->worker.ledger);
    g_free(place);
}

Lanes *lanes_new(Desk *desk, const char *ledger, GError **error)
{
    Lanes *lanes = g_new0(Lanes, 1);
    lanes->places = g_ptr_array_new_with_free_func(place_free);
    g_mutex_init(&lanes->lock);
    for (int lane = 0; lane < LANES; lane++) {
        lanes->queues[lane] = g_async_queue_new();
        for (guint i = 0; i < sizes[lane].threads; i++) {
            Place *place = g_new0(Place, 1);
            *place = (Place){.lanes = lanes, .lane = (Lane)lane, .worker = {.desk = desk}};
            g_ptr_array_add(lanes->places, place);
            place->worker.ledger = ledger_open(ledger, LEDGER_WRITE, error);
            if (place->worker.ledger && lane == LANE_DOOR)
                place->worker.door = door_new(&desk->door, error);
            if (!place->worker.ledger || (lane == LANE_DOOR && !place->worker.door)) {
                lanes_free(lanes);
                return NULL;
            }
        }
    }
    return lanes;
}

static gpointer work(gpointer data)
{
    Place *place = data;
    for (;;) {
        Exchange *x = g_async_queue_pop(place->lanes->queues[place->lane]);
        if ((gpointer)x == &the_end)
            return NULL;
        place->lanes->run(&place->worker, x);
        http_answered(x);
    }
}

void lanes_start(Lanes *lanes, void (*run)(Worker *w, Exchange *x))
{
    static const char *const names[LANES] = {"desk-ledger", "desk-door", "desk-password"};
    lanes->run = run;
    for (guint i = 0; i < lanes->places->len; i++) {
        Place *place = g_ptr_array_index(lanes->places, i);
        place->thread = g_thread_new(names[place->lane], work, place);
    }
}

gboolean lanes_push(Lanes *lanes, Lane lane, Exchange *x)
{
    g_mutex_lock(&lanes->lock);
    gboolean room = !lanes->closed && g_async_queue_length(lanes->queues[lane]) < (gint)sizes[lane].queue;
    if (room)
        g_async_queue_push(lanes->queues[lane], x);
    g_mutex_unlock(&lanes->lock);
    return room;
}

void lanes_close(Lanes *lanes)
{
    g_mutex_lock(&lanes->lock);
    lanes->closed = TRUE;
    g_mutex_unlock(&lanes->lock);
    for (guint i = 0; i < lanes->places->len; i++)
        g_async_queue_push(lanes->queues[((Place *)g_ptr_array_index(lanes->places, i))->lane], &the_end);
    for (guint i = 0; i < lanes->places->len; i++)
        g_thread_join(((Place *)g_ptr_array_index(lanes->places, i))->thread);
}

void lanes_free(Lanes *lanes)
{
    if (!lanes)
        return;
    g_ptr_array_unref(lanes->places);
    for (int lane = 0; lane < LANES; lane++)
        if (lanes->queues[lane])
            g_async_queue_unref(lanes->queues[lane]);
    g_mutex_clear(&lanes->lock);
    g_free(lanes);
}
